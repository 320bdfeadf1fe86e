package io.penstock.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CloudTrailFilesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path directory;

    @Test
    void theSameSeedAndFileGiveTheSameBytes() {
        assertThat(document(7, 3)).isEqualTo(document(7, 3));
        assertThat(document(7, 3)).isNotEqualTo(document(8, 3)).isNotEqualTo(document(7, 4));
    }

    @Test
    void everyRecordHasTheFieldsOfTheFormat() {
        JsonNode records = JSON.readTree(document(1, 0)).get("Records");
        assertThat(records.size()).isEqualTo(Workload.RECORDS_PER_FILE);
        for (JsonNode record : records) {
            assertThat(record.propertyNames())
                    .contains(
                            "eventVersion",
                            "userIdentity",
                            "eventTime",
                            "eventSource",
                            "eventName",
                            "awsRegion",
                            "sourceIPAddress",
                            "userAgent",
                            "requestParameters",
                            "responseElements",
                            "requestID",
                            "eventID",
                            "readOnly",
                            "eventType",
                            "managementEvent",
                            "recipientAccountId");
            assertThat(record.get("userIdentity").propertyNames()).contains("arn", "accountId", "principalId");
            assertThat(UUID.fromString(record.get("eventID").asString()).version())
                    .isEqualTo(4);
        }
    }

    @Test
    void cardinalitiesAreThoseOfAnOrganisation() throws IOException {
        Set<String> sources = new HashSet<>();
        Set<String> principals = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        Set<String> ids = new HashSet<>();
        CloudTrailFiles files = CloudTrailFiles.in(directory, 1, 20);
        for (int number = 0; number < 20; number++) {
            for (CloudTrailRecord record : DeliveryHandler.parse(Files.readAllBytes(files.path(number)))) {
                sources.add(record.eventSource());
                principals.add(record.userIdentity().arn().replaceAll(".*/", ""));
                addresses.add(record.sourceIPAddress());
                ids.add(record.eventID());
            }
        }
        assertThat(sources).hasSizeBetween(10, 20);
        assertThat(principals).hasSizeBetween(200, 400);
        assertThat(addresses).hasSizeGreaterThan(1_000);
        assertThat(ids).hasSize(20 * Workload.RECORDS_PER_FILE);
    }

    @Test
    void filesThatAreThereAreKeptAndOnesThatAreMissingAreMade() throws IOException {
        CloudTrailFiles files = CloudTrailFiles.in(directory, 1, 2);
        Files.writeString(files.path(0), "kept");
        Files.delete(files.path(1));
        CloudTrailFiles.in(directory, 1, 2);
        assertThat(Files.readString(files.path(0))).isEqualTo("kept");
        try (Stream<Path> content = Files.list(directory)) {
            assertThat(content).containsExactlyInAnyOrder(files.path(0), files.path(1));
        }
    }

    private static byte[] document(long seed, int file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new CloudTrailRecords(seed, file).write(bytes, Workload.RECORDS_PER_FILE);
        return bytes.toByteArray();
    }
}
