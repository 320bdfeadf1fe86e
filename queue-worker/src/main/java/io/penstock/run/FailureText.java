package io.penstock.run;

import io.penstock.job.Limits;
import io.penstock.store.ClaimedJob;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** A failure as it is kept with the job: bounded, and free of what PostgreSQL cannot store. */
final class FailureText {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private FailureText() {}

    static String of(ClaimedJob job, Throwable error, Duration run, String worker) {
        StringWriter stack = new StringWriter();
        error.printStackTrace(new PrintWriter(stack));
        return JSON.writeValueAsString(JSON.createObjectNode()
                .put("attempt", job.attempt().number())
                .put("error", error.getClass().getName())
                .put("message", storable(String.valueOf(error.getMessage()), Limits.ERROR_MESSAGE_CHARACTERS))
                .put("stack", storable(stack.toString(), Limits.ERROR_STACK_CHARACTERS))
                .put("claimed_at", job.claimedAt().toString())
                .put("run_ms", run.toMillis())
                .put("worker", worker));
    }

    /** Why something was not kept. */
    static String refused(RuntimeException why) {
        String message = storable(String.valueOf(why.getMessage()), Limits.ERROR_MESSAGE_CHARACTERS);
        return JSON.writeValueAsString(JSON.createObjectNode().put("not_kept", message));
    }

    /** Cuts to length, and puts U+FFFD where NUL or a lone surrogate stands. */
    static String storable(String text, int most) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), most));
        for (int index = 0; index < text.length() && kept.length() < most; index++) {
            char character = text.charAt(index);
            if (Character.isHighSurrogate(character)
                    && index + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(index + 1))) {
                kept.append(character).append(text.charAt(++index));
            } else {
                kept.append(character == 0 || Character.isSurrogate(character) ? '\ufffd' : character);
            }
        }
        return kept.toString();
    }
}
