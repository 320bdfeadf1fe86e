package io.penstock.operate;

import io.penstock.job.JobRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What two failures of one cause have in common: the exception's class, its message without what differs from job to job, and
 * the first frame of the stack that is neither the platform's nor Penstock's. Twelve hexadecimal digits.
 *
 * <p>It is worked out when jobs are grouped and nowhere stored: so it costs the worker nothing, and a better rule applies to what
 * failed before it.
 */
public final class ErrorFingerprint {

    private static final int DIGITS = 12;
    private static final int COMPARED = 300;
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'|`[^`]*`|«[^»]*»|“[^”]*”");
    private static final Pattern UUIDS = Pattern.compile("(?i)\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b");
    private static final Pattern HEX =
            Pattern.compile("(?i)\\b0x[0-9a-f]+\\b|\\b(?=[a-f]*[0-9])[0-9a-f]{8,}\\b|@[0-9a-f]{4,}\\b");
    private static final Pattern EMAILS = Pattern.compile("[\\w.+-]+@[\\w-]+\\.[\\w.-]+");
    private static final Pattern NUMBERS = Pattern.compile("[0-9]+([.,:][0-9]+)*");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern FRAME = Pattern.compile("(?m)^\\s+at (?:[^/(\\s]+/+)*([\\w$.<>]+)\\(");
    private static final List<String> OTHERS = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "com.sun.",
            "io.penstock.run.",
            "io.penstock.worker.",
            "io.penstock.handler.");

    private ErrorFingerprint() {}

    /** Of the newest failure of a job; a job without one, such as one that an operator discarded, has that of its reason. */
    public static String of(JobRow job) {
        return job.error() == null && job.message() == null
                ? of(null, job.reason(), null)
                : of(job.error(), job.message(), job.frames());
    }

    /**
     * The fingerprint.
     *
     * @param frames the stack's lines, or the first of them
     */
    public static String of(@Nullable String error, @Nullable String message, @Nullable String frames) {
        String compared = (error == null ? "" : error) + '\n' + normalised(message) + '\n' + ownFrame(frames);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(compared.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256: expected on every platform, was absent", impossible);
        }
    }

    /** The message without quoted values, ids, addresses and numbers, in whatever base. */
    static String normalised(@Nullable String message) {
        if (message == null) {
            return "";
        }
        String text = UUIDS.matcher(message).replaceAll("<id>");
        text = QUOTED.matcher(text).replaceAll("<value>");
        text = EMAILS.matcher(text).replaceAll("<email>");
        text = HEX.matcher(text).replaceAll("<n>");
        text = NUMBERS.matcher(text).replaceAll("<n>");
        text = SPACES.matcher(text).replaceAll(" ").strip();
        return text.length() <= COMPARED ? text : text.substring(0, COMPARED);
    }

    /** Class and method, without the line: a change elsewhere in the file does not make it another error. */
    static String ownFrame(@Nullable String frames) {
        if (frames == null) {
            return "";
        }
        Matcher frame = FRAME.matcher(frames);
        while (frame.find()) {
            String method = frame.group(1);
            if (OTHERS.stream().noneMatch(method::startsWith)) {
                return NUMBERS.matcher(method).replaceAll("<n>");
            }
        }
        return "";
    }
}
