package io.penstock.testkit;

import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * What a client saw, in a file that outlives it: each line is in the file when the call returns, and on the disk where
 * asked for. An operation is invoked, and then it is ok, it failed, or its fate is unknown. Safe for use by many threads.
 */
public final class Ledger implements AutoCloseable {

    /** What a client saw of one operation. */
    public enum Kind {
        INVOKE,
        OK,
        FAIL,
        UNKNOWN
    }

    /** One line. An enqueue names its jobs; an ending names one attempt and its state; a loss names a worker. */
    public record Entry(Kind kind, String operation, String subject, List<String> fields) {}

    public static final String ENQUEUE = "enqueue";
    public static final String ENDING = "ending";
    public static final String LOST_WORKER = "lost-worker";

    private final FileChannel channel;

    public Ledger(Path file) {
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** An enqueue, by an operation's name that stays the same when it is tried again. Synced to the disk. */
    public void enqueue(Kind kind, String operation, Collection<UUID> jobIds) {
        write(kind, operation, ENQUEUE, jobIds.stream().map(UUID::toString).toList());
        try {
            channel.force(false);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A worker was told that an attempt's end is committed, or refused. */
    public void ending(Kind kind, Attempt attempt, String state) {
        write(
                kind,
                attempt.jobId() + "/" + attempt.generation() + "/" + attempt.leaseToken(),
                ENDING,
                List.of(
                        attempt.jobId().toString(),
                        String.valueOf(attempt.generation()),
                        String.valueOf(attempt.leaseToken()),
                        state));
    }

    public void ending(Kind kind, Attempt attempt, JobState state) {
        ending(kind, attempt, state.word());
    }

    /** A worker was declared lost, or killed by the test. */
    public void lostWorker(long workerId) {
        write(Kind.OK, "worker-" + workerId, LOST_WORKER, List.of(String.valueOf(workerId)));
    }

    private void write(Kind kind, String operation, String subject, List<String> fields) {
        List<String> parts = new ArrayList<>(List.of(kind.name(), operation, subject));
        parts.addAll(fields);
        ByteBuffer line = ByteBuffer.wrap((String.join("\t", parts) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            synchronized (channel) {
                while (line.hasRemaining()) {
                    channel.write(line);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** All entries of a ledger; a last line that was cut short by a kill is left out. */
    public static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        String text = Files.readString(file);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
            String[] parts = line.split("\t", -1);
            if (parts.length > 2) {
                entries.add(new Entry(
                        Kind.valueOf(parts[0]),
                        parts[1],
                        parts[2],
                        List.of(parts).subList(3, parts.length)));
            }
        }
        return entries;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
