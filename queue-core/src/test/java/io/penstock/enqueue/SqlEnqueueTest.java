package io.penstock.enqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.job.JobState;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SQL function, which other languages and triggers call, holds the same rules as the library. */
@PenstockDatabase.Fresh
class SqlEnqueueTest {

    @Test
    void aJobIsEnqueuedByPlainSql(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);

        UUID plain = UUID.fromString(
                database.query("SELECT penstock.enqueue('mail', 'mail')").get(0));
        UUID full = UUID.fromString(database.query("""
                SELECT penstock.enqueue(queue => 'alpha', type => 'mail', payload => '{"to": null}',
                    run_at => now() + interval '1 hour', priority => 0, max_attempts => 999, concurrency_key => 'tenant',
                    tags => '{a,b}', metadata => '{"k": [1, null]}', idempotency_key => 'sql',
                    id => '01890a5d-ac96-774b-bcce-b302099a8057')
                """).get(0));

        assertThat(queue.find(plain))
                .get()
                .satisfies(job -> assertThat(job.state()).isEqualTo(JobState.AVAILABLE));
        assertThat(full).hasToString("01890a5d-ac96-774b-bcce-b302099a8057");
        assertThat(database.query(
                        "SELECT (payload, priority, max_attempts, tags, metadata)::text FROM penstock.waiting WHERE id = '"
                                + full + "'"))
                .containsExactly("(\"{\"\"to\"\": null}\",0,999,\"{a,b}\",\"{\"\"k\"\": [1, null]}\")");
        assertThat(database.query("SELECT penstock.enqueue('alpha', 'mail', idempotency_key => 'sql')"))
                .containsExactly(full.toString());
    }

    @Test
    void aTriggerEnqueuesInTheTransactionOfTheRow(PenstockDatabase database) throws SQLException {
        Queues.declared(database);
        database.execute("""
                CREATE TABLE public.customer (id integer PRIMARY KEY, mail text);
                CREATE FUNCTION public.welcome() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM penstock.enqueue('mail', 'welcome', to_jsonb(new), tags => ARRAY['trigger']);
                    RETURN NULL;
                END $$;
                CREATE TRIGGER welcome AFTER INSERT ON public.customer FOR EACH ROW EXECUTE FUNCTION public.welcome();
                INSERT INTO public.customer SELECT n, 'c' || n FROM generate_series(1, 3) AS n
                """);
        assertThatThrownBy(() -> database.execute("INSERT INTO public.customer VALUES (4, 'undone'), (4, 'undone')"))
                .hasMessageContaining("duplicate key");

        assertThat(database.query(
                        "SELECT payload ->> 'mail' FROM penstock.live WHERE tags = '{trigger}' ORDER BY position"))
                .containsExactly("c1", "c2", "c3");
    }

    @Test
    void anUnknownQueueIsRefused(PenstockDatabase database) {
        assertThatThrownBy(() -> database.query("SELECT penstock.enqueue('absent', 'mail')"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("queue \"absent\": expected an existing queue, found none")
                .extracting(failure -> ((SQLException) failure).getSQLState())
                .isEqualTo("PN002");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "priority => 4                               | priority: expected 0 (urgent) to 3 (low), was 4",
                "priority => -1                              | priority: expected 0 (urgent) to 3 (low), was -1",
                "priority => 2147483647                      | priority: expected 0 (urgent) to 3 (low), was 2147483647",
                "max_attempts => 0                           | max_attempts: expected 1 to 999, was 0",
                "max_attempts => 1000                        | max_attempts: expected 1 to 999, was 1000",
                "max_attempts => -2147483648                 | max_attempts: expected 1 to 999, was -2147483648",
                "payload => NULL                             | payload: expected a JSON value, was absent",
                "payload => to_jsonb(repeat('x', 1600000))   | payload: expected at most 1048576 bytes, was 1600002",
                "run_at => 'infinity'                        | run_at: expected a moment before the year 10000",
                "run_at => '20000-01-01'                     | run_at: expected a moment before the year 10000",
                "concurrency_key => ''                       | concurrency_key: expected 1 to 255 characters, was 0",
                "concurrency_key => repeat('x', 256)         | concurrency_key: expected 1 to 255 characters, was 256",
                "idempotency_key => repeat('x', 256)         | idempotency_key: expected 1 to 255 characters, was 256",
                "uniqueness => '[1]'                         | uniqueness: expected a JSON object, was array",
                "uniqueness => '{}'                          | uniqueness key: expected 1 to 255 characters, was 0",
                "uniqueness => '{\"key\": \"k\"}'             | uniqueness while: expected \"waiting\" or \"waiting or running\", was null",
                "uniqueness => '{\"key\": \"k\", \"while\": \"waiting\", \"on_conflict\": \"drop\"}' | uniqueness on_conflict: expected",
                "uniqueness => '{\"key\": \"k\", \"while\": \"waiting\", \"period\": \"-1 day\"}' | uniqueness period: expected 0 to 3650 days",
                "uniqueness => '{\"key\": \"k\", \"while\": \"waiting\"}', idempotency_key => 'i' | uniqueness: expected no idempotency key",
                "metadata => '[1]'                           | metadata: expected a JSON object, was array",
                "metadata => jsonb_build_object('k', repeat('x', 70000)) | metadata: expected at most 65536 bytes",
                "tags => array_fill('x'::text, ARRAY[17])    | tags: expected at most 16, was 17",
                "tags => ARRAY['']                           | tags: expected strings of 1 to 128 characters",
                "tags => ARRAY[NULL::text]                   | tags: expected strings of 1 to 128 characters",
            })
    void aBadValueIsRefusedWithFieldExpectationAndFinding(String argument, String message, PenstockDatabase database)
            throws SQLException {
        Queues.declared(database);
        long before = Queues.jobs(database);

        assertThatThrownBy(() -> database.query("SELECT penstock.enqueue('mail', 'mail', " + argument + ")"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("job 0: " + message)
                .extracting(failure -> ((SQLException) failure).getSQLState())
                .isEqualTo("PN001");
        assertThat(Queues.jobs(database)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~[]~                                     | jobs: expected an array of 1 to 10000 jobs, was 0",
                "~{}~                                     | jobs: expected an array of 1 to 10000 jobs, was object",
                "~[1]~                                    | job 0: expected a JSON object, was number",
                "~[{\"type\": \"mail\"}]~                 | job 0: payload: expected a JSON value, was absent",
                "~[{\"payload\": 1}]~                     | job 0: type: expected a letter",
                "~[{\"type\": \"1\", \"payload\": 1}]~    | job 0: type: expected a letter",
                "~[{\"type\": \"a\", \"payload\": 1}, 2]~ | job 1: expected a JSON object, was number",
            })
    void aBadBatchIsRefusedAsAWhole(String jobs, String message, PenstockDatabase database) throws SQLException {
        Queues.declared(database);
        long before = Queues.jobs(database);

        assertThatThrownBy(() -> database.query("SELECT penstock.enqueue_batch('mail', '" + jobs + "')"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(message);
        assertThat(Queues.jobs(database)).isEqualTo(before);
    }
}
