package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.admin.cli.ExitCode;
import io.penstock.operate.JobOperations;
import io.penstock.testkit.Login;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The operator's commands for queues and jobs. */
class OperatorCommandsTest extends CommandTest {

    private UUID discarded(String reason) {
        UUID id = queue.enqueue(job()).id();
        assertThat(JobOperations.unaudited(database.dataSource()).discard(id, reason))
                .isTrue();
        return id;
    }

    @Test
    void queuesAreListedShownMadePausedAndResumed() {
        queue.enqueue(job());

        assertThat(run("queues", "list")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("QUEUE", "AVAILABLE").containsPattern("mail +1/4/1 +1 +0 +0 +0 ");
        assertThat(run("queues", "create", "import", "--limit", "8")).isEqualTo(ExitCode.OK);
        assertThat(json("queues", "list")).hasSize(2);
        assertThat(run("queues", "pause", "mail", "--actor", "ada", "--reason", "no mail server"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("queue \"mail\": paused" + System.lineSeparator());
        JsonNode shown = json("queues", "show", "mail");
        assertThat(shown.get("paused_by").asString()).isEqualTo("ada");
        assertThat(shown.get("available").asInt()).isEqualTo(1);
        assertThat(shown.get("capped").asBoolean()).isFalse();
        assertThat(run("queues", "show", "mail")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("by ada: no mail server");
        assertThat(run("queues", "resume", "mail")).isEqualTo(ExitCode.OK);
        assertThat(json("queues", "show", "mail").get("paused_at").isNull()).isTrue();
        assertThat(run("queues", "pause", "mail", "--type", "welcome", "--minutes", "5"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("queue \"mail\": type \"welcome\" paused" + System.lineSeparator());
        assertThat(json("queues", "show", "mail")
                        .get("paused_parts")
                        .get(0)
                        .get("what")
                        .asString())
                .isEqualTo("type welcome");
        assertThat(run("queues", "list")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("1 in part");
        assertThat(run("queues", "resume", "mail", "--type", "welcome")).isEqualTo(ExitCode.OK);
        assertThat(run("queues", "pause", "mail", "--type", "welcome", "--key", "acme"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("queues", "show", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("queue \"none\": expected an existing queue, was none");
    }

    @Test
    void whoBlocksWhomIsShownAndEnded() throws Exception {
        assertThat(run("doctor", "blockers")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("nobody waits for a lock");
        assertThat(run("fix", "1-2", "--yes")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("blocker \"1-2\": expected one that penstock doctor blockers shows now");
        database.execute("CREATE TABLE public.tenant (id integer)");
        try (Connection holder = database.connect();
                Statement holds = holder.createStatement();
                Connection waiter = database.connect();
                Statement waits = waiter.createStatement()) {
            holder.setAutoCommit(false);
            holds.execute("LOCK TABLE public.tenant IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                try {
                    waits.execute("TABLE public.tenant");
                } catch (SQLException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            Awaitility.await("it waits").atMost(Duration.ofSeconds(60)).until(() -> run("doctor", "blockers") == 1);
            assertThat(out).contains("keeps 1 waiting:", "waits for a lock on tenant", "penstock fix ");
            String id = json(1, "doctor", "blockers").at("/0/id").asString();
            assertThat(run("fix", id, "--dry-run")).isEqualTo(ExitCode.OK);
            assertThat(out).contains("would be ended: 1 wait for session ");
            assertThat(run("fix", id, "--yes", "--actor", "ada")).isEqualTo(ExitCode.OK);
            waiting.join();
        }
        assertThat(database.query("SELECT actor || ' ' || action FROM penstock.audit WHERE action = 'fix'"))
                .containsExactly("ada fix");
    }

    @Test
    void aBudgetIsChangedInPartAndAQueueIsExplained() throws SQLException {
        assertThat(run("queues", "budget", "mail", "--limit", "9", "--actor", "ada"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("queue \"mail\": guarantee 1, limit 9, weight 1" + System.lineSeparator());
        assertThat(json("queues", "budget", "mail", "--weight", "3")
                        .get("limit")
                        .asInt())
                .isEqualTo(9);
        assertThat(database.query(
                        "SELECT actor || ' ' || (details ->> 'old') || ' ' || (details ->> 'new') FROM penstock.audit"
                                + " WHERE action = 'budget' AND actor = 'ada'"))
                .containsExactly("ada 1/4/1 1/9/1");
        assertThat(run("queues", "budget", "mail", "--strict", "true")).isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("queue \"mail\": guarantee 1, limit 9 (strict), weight 3" + System.lineSeparator());
        assertThat(json("queues", "show", "mail").get("strict").asBoolean()).isTrue();
        assertThat(run("queues", "budget", "mail", "--per-key", "2")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("weight 3, 2 per key");
        assertThat(json("queues", "show", "mail").get("per_key").asInt()).isEqualTo(2);
        assertThat(run("queues", "budget", "mail", "--per-key", "0", "--rate", "100/s", "--key-rate", "5/10m"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).contains("weight 3, rate 100/s, key rate 5/10m");
        assertThat(json("queues", "budget", "mail", "--rate", "none")
                        .get("rate")
                        .isNull())
                .isTrue();
        assertThat(run("queues", "budget", "mail", "--rate", "many")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("rate: expected jobs/time, as in 100/s or 5/10m, was \"many\"");
        assertThat(json(
                                "queues",
                                "budget",
                                "mail",
                                "--guarantee",
                                "6",
                                "--hold",
                                "1",
                                "--long-loans",
                                "2",
                                "--horizon",
                                "250")
                        .at("/horizon_ms")
                        .asInt())
                .isEqualTo(250);
        assertThat(run("queues", "budget", "mail", "--headroom", "3")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("headroom 3, hold 1, long loans 2, horizon 250 ms");
        assertThat(run("queues", "budget", "mail", "--hold", "5")).isEqualTo(ExitCode.USAGE);
        assertThat(err)
                .contains("slots on hold: expected what is left of the guarantee of 6 beside 2 for long loans, was 5");
        assertThat(run("queues", "budget", "mail")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("--key-rate, --ageing or --heavy, was none of them");
        assertThat(run("queues", "budget", "mail", "--limit", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("concurrency budget limit: expected 1 to");

        assertThat(run("queues", "explain", "mail")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("queue \"mail\": no job is available");
        queue.enqueue(job());
        assertThat(json("queues", "explain", "mail").get(0).asString())
                .startsWith("no worker that is alive works on it, of 0");
        assertThat(run("queues", "explain", "none")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aDrainTellsWhetherTheQueueWasDrained() {
        assertThat(run("queues", "drain", "mail")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("drained");
        queue.enqueue(job());
        assertThat(run("queues", "drain", "mail", "--timeout", "0")).isEqualTo(ExitCode.FAILED);
        assertThat(out).contains("not drained after 0 s, 1 available, 0 running");
        assertThat(run("queues", "drain", "mail", "--timeout", "1")).isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("queue \"mail\": 1 available, 0 running");
    }

    @Test
    void aJobIsEnqueuedListedShownAndTraced() {
        JsonNode enqueued = json(
                "enqueue",
                "mail",
                "welcome",
                "{\"email\": \"b@example.org\"}",
                "--key",
                "acme",
                "--tag",
                "eu",
                "--priority",
                "high",
                "--metadata",
                "a=b",
                "--idempotency-key",
                "once");
        String id = enqueued.get("id").asString();
        assertThat(json("enqueue", "mail", "welcome", "--idempotency-key", "once")
                        .get("created")
                        .asBoolean())
                .isFalse();

        JsonNode listed = json("jobs", "list", "--where", "key=acme,state=available");
        assertThat(listed.get("jobs")).hasSize(1);
        assertThat(listed.get("partial").isNull()).isTrue();
        JsonNode shown = json("jobs", "show", id);
        assertThat(shown.at("/payload/email").asString()).isEqualTo("b@example.org");
        assertThat(shown.at("/metadata/a").asString()).isEqualTo("b");
        assertThat(shown.get("priority").asInt()).isEqualTo(1);
        for (String key : new String[] {"acme", "eu", "once", id}) {
            assertThat(json("jobs", "trace", key).at("/jobs/0/id").asString()).isEqualTo(id);
        }
        assertThat(run("jobs", "list", "--where", "type=welcome")).isEqualTo(ExitCode.OK);
        assertThat(out).contains(id, "available", "b@example.org");
        assertThat(run("jobs", "show", id)).isEqualTo(ExitCode.OK);
        assertThat(out).contains("key         acme", "tags        eu");
        assertThat(run("jobs", "list", "--where", "type=none")).isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("no jobs" + System.lineSeparator());
        assertThat(run("jobs", "trace", "nobody")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("nothing under \"nobody\"");
        assertThat(run("enqueue", "mail", "welcome", "{")).isEqualTo(ExitCode.USAGE);
        assertThat(run("jobs", "list", "--where", "typ=a")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("filter: at character 1: expected one of");
    }

    @Test
    void oneJobIsEditedCancelledAndRunAgain() throws SQLException {
        UUID id = queue.enqueue(job()).id();

        assertThat(run("jobs", "edit", id.toString(), "--payload", "{\"email\": \"c@example.org\"}", "--actor", "ada"))
                .isEqualTo(ExitCode.OK);
        assertThat(json("jobs", "show", id.toString()).at("/payload/email").asString())
                .isEqualTo("c@example.org");
        assertThat(run("jobs", "cancel", id.toString(), "--reason", "not wanted"))
                .isEqualTo(ExitCode.OK);
        assertThat(run("jobs", "cancel", id.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(run("jobs", "retry", id.toString())).isEqualTo(ExitCode.OK);
        assertThat(out).contains("runs again as generation 2");
        assertThat(run("jobs", "discard", id.toString())).isEqualTo(ExitCode.OK);
        assertThat(run("jobs", "edit", id.toString(), "--tag", "mended")).isEqualTo(ExitCode.OK);
        assertThat(json("jobs", "trace", id.toString()).get("jobs")).hasSize(3);
        assertThat(database.query(
                        "SELECT action FROM penstock.audit WHERE subject = 'job " + id + "' ORDER BY audit_id"))
                .containsExactly("edit", "cancel", "retry", "discard", "edit and retry");
        assertThat(run("jobs", "retry", id.toString(), "--where", "type=a")).isEqualTo(ExitCode.USAGE);
        assertThat(run("jobs", "retry")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void discardedJobsAreGroupedAndRunAgainByFilter() {
        discarded("server 1 said no");
        discarded("server 2 said no");
        discarded("another reason");

        assertThat(run("jobs", "failures")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("FINGERPRINT", "said no", "another reason");
        JsonNode groups = json("jobs", "failures").get("groups");
        assertThat(groups.at("/0/jobs").asInt()).isEqualTo(2);
        String where = "fingerprint=" + groups.at("/0/fingerprint").asString();

        assertThat(run("jobs", "retry", "--where", where, "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("2 jobs would be tried");
        assertThat(run("jobs", "retry", "--where", where)).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("expected --dry-run or --yes");
        answer = "n\n";
        assertThat(run("jobs", "retry", "--where", where)).isEqualTo(ExitCode.FAILED);
        assertThat(out).contains("nothing was changed");
        answer = "y\n";
        assertThat(run("jobs", "retry", "--where", where)).isEqualTo(ExitCode.OK);
        assertThat(out).contains("2 changed");
        JsonNode again = json("jobs", "retry", "--where", "state=discarded", "--yes");
        assertThat(again.get("changed").asInt()).isEqualTo(1);
        assertThat(again.get("skipped").asInt()).isEqualTo(2);
        assertThat(json("jobs", "cancel", "--queue", "mail", "--yes")
                        .get("changed")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void aReaderLooksAndCannotChange() throws SQLException {
        UUID id = discarded("no");
        database.execute("SELECT penstock.declare_schedule('nightly', 'mail', 'welcome', cron => '0 3 * * *')");
        try (Login login = Login.in(database, "penstock_reader")) {
            environment = environment(login.name(), "penstock");

            for (String command : new String[] {
                "queues list",
                "queues show mail",
                "schedules list",
                "schedules show nightly",
                "schedules next nightly",
                "jobs list",
                "jobs failures",
                "jobs show " + id,
                "jobs trace " + id,
                "doctor"
            }) {
                assertThat(json(command.split(" "))).as(command).isNotEmpty();
            }
            assertThat(run("jobs", "retry", id.toString())).isEqualTo(ExitCode.DATABASE);
            assertThat(err).contains("permission denied");
            assertThat(run("queues", "pause", "mail")).isEqualTo(ExitCode.DATABASE);
            assertThat(run("schedules", "pause", "nightly")).isEqualTo(ExitCode.DATABASE);
        }
    }

    @Test
    void theDoctorExitsWithOneIfSomethingFails() throws SQLException {
        assertThat(run("doctor", "--json")).isEqualTo(ExitCode.OK);
        database.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'penstock.waiting_due'::regclass");
        assertThat(run("doctor", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(out).contains("not valid, so not used: waiting_due");
    }

    @Test
    void migrateAndVersionSpeakJsonToo() {
        assertThat(json("migrate").get("applied").asInt()).isZero();
        assertThat(json("version").get("schema").asInt()).isPositive();
    }
}
