package io.penstock.job;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be changed of a job that does not run. Immutable; what is null stays as it is.
 *
 * @param payload JSON
 * @param metadata all of it, not what is added
 * @param tags all of them
 */
public record JobEdit(
        @Nullable String payload,
        @Nullable Map<String, String> metadata,
        @Nullable List<String> tags,
        @Nullable Priority priority,
        @Nullable Integer maxAttempts) {

    /** Changes nothing. */
    public static final JobEdit NONE = new JobEdit(null, null, null, null, null);

    public JobEdit {
        if (metadata != null) {
            metadata = Map.copyOf(metadata);
            int characters = 0;
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                Checks.ofLength("metadata key", entry.getKey(), 1, Limits.KEY_CHARACTERS);
                Checks.storable("metadata " + Checks.quoted(entry.getKey()), entry.getValue());
                characters += entry.getKey().length() + entry.getValue().length();
            }
            Checks.within("characters of metadata", characters, 0, Limits.METADATA_BYTES / 4);
        }
        if (tags != null) {
            tags = List.copyOf(tags);
            Checks.within("tags", tags.size(), 0, Limits.TAGS);
            tags.forEach(tag -> Checks.ofLength("tag", tag, 1, Limits.TAG_CHARACTERS));
        }
        if (maxAttempts != null) {
            Checks.within("max attempts", maxAttempts, 1, Limits.MAX_ATTEMPTS);
        }
    }

    public boolean isEmpty() {
        return equals(NONE);
    }
}
