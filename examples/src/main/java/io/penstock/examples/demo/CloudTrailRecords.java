package io.penstock.examples.demo;

import io.penstock.examples.demo.CloudTrailVocabulary.Event;
import java.io.OutputStream;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** One delivery: a JSON document of records in the format of CloudTrail, the same for the same seed and file. */
final class CloudTrailRecords {

    private static final JsonFactory JSON = JsonFactory.builder().build();
    private static final Instant FIRST_DELIVERY = Instant.parse("2021-02-18T09:00:00Z");
    private static final int SECONDS_PER_FILE = 5;

    private final SplittableRandom random;
    private final CloudTrailVocabulary vocabulary;
    private final Instant start;

    CloudTrailRecords(long seed, int file) {
        this.random = new SplittableRandom(seed * 1_000_003 + file);
        this.vocabulary = new CloudTrailVocabulary(random);
        this.start = FIRST_DELIVERY.plusSeconds((long) file * SECONDS_PER_FILE);
    }

    void write(OutputStream stream, int records) {
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), stream)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("Records");
            for (int record = 0; record < records; record++) {
                write(json, record);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private void write(JsonGenerator json, int number) {
        Event event = vocabulary.event();
        String account = vocabulary.account();
        String region = vocabulary.region();
        json.writeStartObject();
        json.writeStringProperty("eventVersion", "1.08");
        identity(json, account);
        json.writeStringProperty(
                "eventTime", start.plusSeconds(number % SECONDS_PER_FILE).toString());
        json.writeStringProperty("eventSource", event.source() + ".amazonaws.com");
        json.writeStringProperty("eventName", event.name());
        json.writeStringProperty("awsRegion", region);
        json.writeStringProperty("sourceIPAddress", vocabulary.address());
        json.writeStringProperty("userAgent", vocabulary.userAgent());
        if (random.nextInt(50) == 0) {
            json.writeStringProperty("errorCode", "AccessDenied");
            json.writeStringProperty(
                    "errorMessage", "not authorized to perform: " + event.source() + ":" + event.name());
        }
        request(json, event, account, region);
        response(json, event, account);
        json.writeStringProperty("requestID", uuid());
        json.writeStringProperty("eventID", uuid());
        json.writeBooleanProperty("readOnly", event.readOnly());
        json.writeStringProperty("eventType", "AwsApiCall");
        json.writeBooleanProperty("managementEvent", true);
        json.writeStringProperty("recipientAccountId", account);
        json.writeStringProperty("eventCategory", "Management");
        json.writeEndObject();
    }

    private void identity(JsonGenerator json, String account) {
        int principal = vocabulary.principal();
        String role = vocabulary.role(principal);
        String principalId = "AROA%016X".formatted(0x5DEECE66DL * (principal + 1));
        json.writeObjectPropertyStart("userIdentity");
        json.writeStringProperty("type", "AssumedRole");
        json.writeStringProperty("principalId", principalId + ":session-" + principal);
        json.writeStringProperty("arn", "arn:aws:sts::" + account + ":assumed-role/" + role + "/session-" + principal);
        json.writeStringProperty("accountId", account);
        json.writeStringProperty("accessKeyId", "ASIA%016X".formatted(random.nextLong() >>> 4));
        json.writeObjectPropertyStart("sessionContext");
        json.writeObjectPropertyStart("sessionIssuer");
        json.writeStringProperty("type", "Role");
        json.writeStringProperty("principalId", principalId);
        json.writeStringProperty("arn", "arn:aws:iam::" + account + ":role/" + role);
        json.writeStringProperty("accountId", account);
        json.writeStringProperty("userName", role);
        json.writeEndObject();
        json.writeObjectPropertyStart("attributes");
        json.writeStringProperty(
                "creationDate", start.minusSeconds(random.nextInt(3_600)).toString());
        json.writeStringProperty("mfaAuthenticated", "false");
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    private void request(JsonGenerator json, Event event, String account, String region) {
        json.writeObjectPropertyStart("requestParameters");
        json.writeStringProperty(
                event.resource(),
                "arn:aws:" + event.source() + ":" + region + ":" + account + ":" + event.resource() + "/"
                        + vocabulary.resource());
        if (event.readOnly()) {
            json.writeNumberProperty("maxResults", 100 * (1 + random.nextInt(10)));
        }
        json.writeEndObject();
    }

    private void response(JsonGenerator json, Event event, String account) {
        if (event.readOnly()) {
            json.writeNullProperty("responseElements");
            return;
        }
        json.writeObjectPropertyStart("responseElements");
        json.writeStringProperty("requestId", uuid());
        json.writeStringProperty("ownerId", account);
        json.writeEndObject();
    }

    private String uuid() {
        long high = (random.nextLong() & 0xFFFFFFFFFFFF0FFFL) | 0x4000L;
        long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
