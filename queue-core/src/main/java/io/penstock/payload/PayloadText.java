package io.penstock.payload;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.JsonText;
import io.penstock.job.Limits;
import io.penstock.job.PayloadSerializer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What must hold for a payload's JSON text whichever serialiser wrote it: its size, and that PostgreSQL can store it. */
public final class PayloadText {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Limits.PAYLOAD_DEPTH)
                            .maxStringLength(Limits.PAYLOAD_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private PayloadText() {}

    /** The JSON of a payload, checked. What a serialiser wrote is JSON; a text that was given may not be. */
    public static String of(Record payload, PayloadSerializer serializer) {
        if (!(payload instanceof JsonText given)) {
            return check(serializer.write(payload));
        }
        String text = check(given.text());
        try {
            JSON.readTree(text);
            return text;
        } catch (JacksonException malformed) {
            throw new RefusedException(
                    "payload: expected one JSON value, was " + Checks.quoted(text) + ": "
                            + malformed.getOriginalMessage(),
                    malformed);
        }
    }

    public static String check(@Nullable String text) {
        return check("payload", text, Limits.PAYLOAD_BYTES);
    }

    /** The same for what is kept of a job besides, under its own name and limit. */
    public static String check(String field, @Nullable String text, int most) {
        String json = Checks.storable(field, Checks.present(field + " text", text));
        refuseEscapes(json);
        refuseDepth(json);
        int bytes = json.length() * 3L <= most ? 0 : json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > most) {
            throw Checks.refused(
                    field,
                    "at most " + most + " bytes; store large data elsewhere and enqueue a reference",
                    bytes + " bytes");
        }
        return json;
    }

    /** Finds NUL and lone surrogates that hide behind an escape. */
    private static void refuseEscapes(String json) {
        int escape = json.indexOf('\\');
        while (escape >= 0 && escape + 1 < json.length()) {
            if (json.charAt(escape + 1) == 'u' && escape + 6 <= json.length()) {
                char character = codeUnit(json, escape);
                if (character == 0) {
                    throw Checks.refused("payload", "text without NUL", "\\u0000 at character " + escape);
                }
                if (Character.isHighSurrogate(character)) {
                    refuseUnlessLowSurrogate(json, escape + 6);
                    escape += 6;
                } else if (Character.isLowSurrogate(character)) {
                    throw Checks.refused("payload", "well-formed Unicode", "a lone surrogate at character " + escape);
                }
            }
            escape = json.indexOf('\\', escape + 2);
        }
    }

    private static char codeUnit(String json, int escape) {
        try {
            return (char) Integer.parseInt(json, escape + 2, escape + 6, 16);
        } catch (NumberFormatException malformed) {
            throw Checks.refused("payload", "JSON", "a malformed escape at character " + escape);
        }
    }

    private static void refuseUnlessLowSurrogate(String json, int escape) {
        boolean low = escape + 6 <= json.length()
                && json.startsWith("\\u", escape)
                && Character.isLowSurrogate(codeUnit(json, escape));
        if (!low) {
            throw Checks.refused("payload", "well-formed Unicode", "a lone surrogate before character " + escape);
        }
    }

    /** Also refuses what would reach beyond the value: the text is put into a larger one as it is. */
    private static void refuseDepth(String json) {
        int depth = 0;
        boolean inString = false;
        for (int index = 0; index < json.length(); index++) {
            char character = json.charAt(index);
            if (inString) {
                if (character == '\\') {
                    index++;
                } else if (character == '"') {
                    inString = false;
                }
            } else if (character == '"') {
                inString = true;
            } else if (character == '{' || character == '[') {
                if (++depth > Limits.PAYLOAD_DEPTH) {
                    throw Checks.refused("payload", "at most " + Limits.PAYLOAD_DEPTH + " levels", "more");
                }
            } else if (character == '}' || character == ']') {
                depth--;
            }
            if (depth < 0 || (depth == 0 && !inString && character == ',')) {
                throw Checks.refused("payload", "one JSON value", "more, from character " + index);
            }
        }
    }
}
