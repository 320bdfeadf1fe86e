package io.penstock.examples.benchmarks;

import io.penstock.JobQueue;
import io.penstock.job.Enqueued;
import io.penstock.job.QueueDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** A queue full of fresh jobs, whose ids are written down beside it, so that what became of each can be told. */
record DrainQueue(BenchDatabase database, String name, int id, int jobs) {

    private static final int BATCH = 2_000;
    private static final String NOTE = "INSERT INTO enqueued (queue_id, id) SELECT ?, unnest(?::uuid[])";

    static void prepare(BenchDatabase database) throws SQLException {
        database.execute("CREATE TABLE enqueued (queue_id integer NOT NULL, id uuid NOT NULL)");
    }

    static DrainQueue fill(BenchDatabase database, QueueDefinition definition, int jobs) throws SQLException {
        JobQueue jobQueue = database.jobQueue();
        jobQueue.declare(definition);
        int id = (int) database.number("SELECT queue_id FROM penstock.queue WHERE name = ?", definition.name());
        try (Connection connection = database.connect();
                PreparedStatement note = connection.prepareStatement(NOTE)) {
            for (int first = 0; first < jobs; first += BATCH) {
                List<Enqueued> enqueued =
                        jobQueue.enqueue(Tasks.batch(definition.name(), first, Math.min(BATCH, jobs - first)));
                UUID[] ids = enqueued.stream().map(Enqueued::id).toArray(UUID[]::new);
                note.setInt(1, id);
                note.setArray(2, connection.createArrayOf("uuid", ids));
                note.executeUpdate();
            }
        }
        return new DrainQueue(database, definition.name(), id, jobs);
    }

    /** Jobs that were enqueued and have not completed. */
    long lost() throws SQLException {
        return database.number("""
                SELECT count(*) FROM enqueued AS e
                WHERE e.queue_id = ? AND NOT EXISTS (
                    SELECT FROM penstock.finished AS f WHERE f.id = e.id AND f.state = 'completed')
                """, id);
    }

    /** Jobs of which there is more than one completion of the same generation. */
    long completedTwice() throws SQLException {
        return database.number("""
                SELECT count(*) FROM (
                    SELECT FROM penstock.finished WHERE queue_id = ? AND state = 'completed'
                    GROUP BY id, generation HAVING count(*) > 1) AS twice
                """, id);
    }
}
