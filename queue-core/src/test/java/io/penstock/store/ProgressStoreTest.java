package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Attempt;
import io.penstock.job.Progress;
import io.penstock.store.ProgressStore.Said;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which of several attempts is heard. */
@PenstockDatabase.Fresh
class ProgressStoreTest {

    private final PenstockDatabase database;
    private final QueueUnderTest queue;

    ProgressStoreTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.queue = new QueueUnderTest(database);
    }

    private void say(Said... said) throws SQLException {
        queue.transact(connection -> {
            ProgressStore.write(connection, List.of(said));
            return said;
        });
    }

    private Progress read(UUID id) throws SQLException {
        return queue.transact(connection -> ProgressStore.read(connection, id)).orElseThrow();
    }

    @Test
    void anEarlierAttemptIsNotHeardAfterALaterOneAndANewGenerationStartsAnew() throws SQLException {
        UUID id = UUID.randomUUID();
        Attempt first = new Attempt(id, 1, 1, 1);
        Attempt second = new Attempt(id, 1, 2, 2);
        say(new Said(first, 5, 10, "first"), new Said(new Attempt(UUID.randomUUID(), 1, 1, 1), 0, 0, null));
        say(new Said(second, 2, 10, null));
        say(new Said(first, 9, 10, "late"));
        assertThat(read(id)).extracting(Progress::done, Progress::note).containsExactly(2L, null);

        say(new Said(new Attempt(id, 2, 1, 3), 1, 10, "again"));
        assertThat(read(id)).extracting(Progress::done, Progress::note).containsExactly(1L, "again");
    }

    @Test
    void whatIsOldIsForgotten() throws SQLException {
        UUID id = UUID.randomUUID();
        say(new Said(new Attempt(id, 1, 1, 1), 5, 10, null));
        assertThat(queue.<Integer>transact(ProgressStore::forget)).isZero();
        database.execute("UPDATE penstock.progress SET written_at = written_at - interval '91 days' WHERE job_id = '"
                + id + "'");

        assertThat(queue.<Integer>transact(ProgressStore::forget)).isEqualTo(1);
    }
}
