package io.penstock.payload;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.PayloadSerializer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The default serialiser. Reads only into the record asked for: no type ids, no default typing. A field that the record
 * does not know is ignored, so that an older worker reads a newer job; an absent primitive is refused.
 */
public final class JacksonPayloadSerializer implements PayloadSerializer {

    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Limits.PAYLOAD_DEPTH)
                            .maxStringLength(Limits.PAYLOAD_BYTES)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(Limits.PAYLOAD_DEPTH)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    @Override
    public String write(Record payload) {
        try {
            return mapper.writeValueAsString(payload);
        } catch (JacksonException | StackOverflowError failure) {
            throw new RefusedException(
                    "payload " + payload.getClass().getSimpleName()
                            + ": expected a record that can be written as JSON, at most " + Limits.PAYLOAD_DEPTH
                            + " levels deep, was refused by the serialiser: " + summary(failure),
                    failure);
        }
    }

    @Override
    public <P extends Record> P read(String json, Class<P> payloadClass) {
        try {
            P payload = mapper.readValue(json, payloadClass);
            if (payload == null) {
                throw Checks.refused("payload", PayloadSerializer.describe(payloadClass), "null");
            }
            return payload;
        } catch (JacksonException | StackOverflowError failure) {
            throw new RefusedException(
                    "payload: expected " + PayloadSerializer.describe(payloadClass)
                            + ", was refused by the serialiser: " + summary(failure),
                    failure);
        }
    }

    private static String summary(Throwable failure) {
        String message = failure instanceof JacksonException jackson ? jackson.getOriginalMessage() : null;
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
