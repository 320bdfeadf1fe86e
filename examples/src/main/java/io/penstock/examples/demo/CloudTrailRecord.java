package io.penstock.examples.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What ingestion keeps of a record; names as in the format. */
record CloudTrailRecord(
        Identity userIdentity,
        String eventTime,
        String eventSource,
        String eventName,
        String awsRegion,
        String sourceIPAddress,
        @Nullable String errorCode,
        String eventID,
        boolean readOnly,
        String recipientAccountId) {

    /** Who called. */
    record Identity(String arn) {}

    /** A file as it is delivered. */
    record File(@JsonProperty("Records") List<CloudTrailRecord> records) {}
}
