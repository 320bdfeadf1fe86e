package io.penstock.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.configure.Setting;
import io.penstock.error.RefusedException;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import io.penstock.objective.AlertRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A worker's file is taken as it is meant, or refused with the line and what to write instead. */
class WorkerConfigurationTest {

    private static final String FILE = """
            database:
              url: jdbc:postgresql://localhost/orders
              user: penstock
              password: ${DATABASE_PASSWORD}
            queues:
              email: {guarantee: 4, limit: 8}
              import: {limit: 16}
            http:
              allowed-hosts: [hooks.example.org]
              endpoints:
                webhook:
                  url: https://hooks.example.org/jobs
                  secret: s3cret
            """;

    @TempDir
    private Path directory;

    @Test
    void theTermsOfLendingAreRead() throws IOException {
        WorkerConfiguration read = read(
                FILE,
                Map.of(
                        "DATABASE_PASSWORD",
                        "hidden",
                        "PENSTOCK_QUEUES_EMAIL_HOLD",
                        "1",
                        "PENSTOCK_QUEUES_EMAIL_LONG_LOANS",
                        "2",
                        "PENSTOCK_QUEUES_EMAIL_HORIZON",
                        "2s"));
        assertThat(read.queues().get(0).budget().lending())
                .isEqualTo(new Lending(Lending.DEFAULT.headroom(), 1, 2, Duration.ofSeconds(2)));
    }

    @Test
    void alertRoutesAndHeavyQueuesAreRead() throws IOException {
        WorkerConfiguration read = read(
                FILE.replace("import: {limit: 16}", "import: {limit: 16, heavy: true}") + """
                        alerts:
                          oncall: {queue: email, match: "%/page/%", link: "https://ops/{queue}"}
                          manager: {queue: email, type: webhook, format: alertmanager}
                        """,
                Map.of("DATABASE_PASSWORD", "hidden"));
        assertThat(read.queues().get(1).heavy()).isTrue();
        assertThat(read.alertRoutes())
                .containsExactly(
                        AlertRoute.of("oncall", "email", "penstock.alert")
                                .matching("%/page/%")
                                .link("https://ops/{queue}"),
                        AlertRoute.of("manager", "email", "webhook").format(AlertRoute.Format.ALERTMANAGER));
        assertThatThrownBy(() -> read(
                        FILE + "alerts:\n  oncall: {queue: none, format: xml}\n",
                        Map.of("DATABASE_PASSWORD", "hidden")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(
                        "alerts.oncall.queue: expected one of the queues of this file, email, import, was \"none\"")
                .hasMessageContaining("alerts.oncall.format: expected penstock or alertmanager, was \"xml\"");
    }

    @Test
    void whatTheFileSaysIsInEffectAndWhereItCameFromIsKnown() throws IOException {
        WorkerConfiguration read = read(
                FILE,
                Map.of(
                        "DATABASE_PASSWORD",
                        "hidden",
                        "PENSTOCK_QUEUES_EMAIL_LIMIT",
                        "12",
                        "PENSTOCK_QUEUES_EMIAL",
                        "1"));
        assertThat(read.queues().get(0).budget()).isEqualTo(new ConcurrencyBudget(4, 12, 1));
        assertThat(read.worker().headroom()).isEqualTo(4);
        assertThat(read.database().password().get()).isEqualTo("hidden");
        assertThat(read.settings())
                .contains(
                        new Setting("database.url", "jdbc:postgresql://localhost/orders", "line 2"),
                        new Setting("database.password", "********", "line 4"),
                        new Setting("queues.email.limit", "12", "environment PENSTOCK_QUEUES_EMAIL_LIMIT"),
                        new Setting("http.endpoints.webhook.secret", "********", "line 13"),
                        new Setting("worker.drain-timeout", "30s", "default"));
        assertThat(read.toString()).doesNotContain("hidden", "s3cret");
        assertThat(read.settings().toString()).doesNotContain("hidden", "s3cret");
        assertThat(read.unusedVariables()).containsExactly("PENSTOCK_QUEUES_EMIAL");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                        | 999 | Exponential[base=PT1S, cap=PT1H]
            {attempts: 3, delay: 5s, longest: 30m}    | 3   | Exponential[base=PT5S, cap=PT30M]
            {delay: 2h}                               | 999 | Exponential[base=PT2H, cap=PT2H]
            {policy: linear, delay: 10s, longest: 1m} | 999 | Linear[step=PT10S, cap=PT1M]
            {policy: fixed, delay: 10s}               | 999 | Fixed[delay=PT10S]
            """)
    void anEndpointsJobsAreTriedAgainAsItsFileSays(String retry, int attempts, String policy) throws IOException {
        WorkerConfiguration read =
                read(FILE.replace("secret: s3cret", "retry: " + retry), Map.of("DATABASE_PASSWORD", "hidden"));
        assertThat(read.handlers().get(0).options().maxAttempts()).isEqualTo(attempts);
        assertThat(read.handlers().get(0).options().retryPolicy()).hasToString(policy);
    }

    @Test
    void aPasswordMayStandInAFileOfItsOwn() throws IOException {
        Files.writeString(directory.resolve("password"), "hidden\n");
        String file = FILE.replace("password: ${DATABASE_PASSWORD}", "password-file: password");
        assertThat(read(file, Map.of()).database().password().get()).isEqualTo("hidden");
    }

    @Test
    void everyMistakeIsToldAtOnceInTheOrderOfTheFile() {
        String file = FILE.replace("limit: 8", "limit: 0").replace("limit: 16", "limt: 16");
        assertThatThrownBy(() -> read(file, Map.of("DATABASE_PASSWORD", "hidden")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("""
                        penstock.yaml line 6: queues.email.limit: expected 1 to 10000, was "0"
                        penstock.yaml line 7: queues.import.limt: expected one of ageing, guarantee, headroom, heavy, hold,\
                         horizon, keep-completed-days, keep-failed-days, key-rate, limit, long-loans, per-key, rate,\
                         strict, weight, was unknown; did you mean limit?""");
    }

    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            limit: 8 | limit: many | line 6: queues.email.limit: expected 1 to 10000, was "many"
            limit: 8 | limit: 3 | line 6: queues.email.guarantee: expected at most the limit 3, was 4
            limit: 8 | limit: | line 6: queues.email.limit: expected one value, was nothing
            limit: 8 | limit: [8] | line 6: queues.email.limit: expected one value, was a list
            limit: 8 | limit: 8, limit: 9 | line 6: queues.email.limit: expected once, stands at line 6 already
            {limit: 16} | 16 | line 7: queues.import: expected keys with values, was one value
            import: | Import: | line 7: queues.Import: queue name: expected a lower-case letter
            queues: | queuse: | line 5: queuse: expected one of admin, alerts, database, http, objectives, plugins, queues, schedules, worker, was unknown; did you mean queues?
            queues: | queues:} | line 6: expected YAML: could not find
            user: penstock | user: !!java.net.URL [http://x/] | line 3: expected text, numbers, true or false, was the tag
            ${DATABASE_PASSWORD} | ${MISSING} | line 4: database.password: expected the environment to have MISSING, was not set
            password: ${DATABASE_PASSWORD} | password-file: none | line 4: database.password-file: expected a file with the password
            url: jdbc:postgresql://localhost/orders | url: localhost | line 2: database.url: expected jdbc:postgresql://host:port/database
            localhost/orders | localhost/orders?password=x | line 2: database.url: expected jdbc:postgresql://host:port/database
            https://hooks. | ftp://hooks. | line 12: http.endpoints.webhook.url: expected http or https, was "ftp"
            https://hooks. | https://other. | line 12: http.endpoints.webhook.url: expected a host of http.allowed-hosts, was "other.example.org:443"
            https://hooks. | https://me@hooks. | line 12: http.endpoints.webhook.url: expected a host, no user and no fragment
            secret: s3cret | timeout: soon | line 13: http.endpoints.webhook.timeout: expected a duration such as 250ms
            secret: s3cret | timeout: 2h | line 13: http.endpoints.webhook.timeout: expected 1ms to 1h, was "2h"
            secret: s3cret | retry: {attempts: 0} | line 13: http.endpoints.webhook.retry.attempts: expected 1 to 999, was "0"
            secret: s3cret | retry: {policy: never} | line 13: http.endpoints.webhook.retry.policy: expected exponential, linear or fixed, was "never"
            secret: s3cret | retry: {delay: 2h, longest: 1h} | line 13: http.endpoints.webhook.retry.longest: expected 2h to 3650d, was "1h"
            secret: s3cret | retry: {policy: fixed, longest: 1h} | line 13: http.endpoints.webhook.retry.longest: expected one of attempts, delay, policy, was unknown
            secret: s3cret | retry-on: [500] | line 13: http.endpoints.webhook.retry-on: expected statuses from 400 to 499, was 500
            webhook: | 1webhook: | line 11: http.endpoints.1webhook: job type name: expected a letter
            """)
    void aMistakeIsToldWithItsLine(String right, String wrong, String told) {
        String file = FILE.replace(right, wrong == null ? "" : wrong);
        assertThat(file).isNotEqualTo(FILE);
        assertThatThrownBy(() -> read(file, Map.of("DATABASE_PASSWORD", "hidden")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("penstock.yaml " + told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PENSTOCK_WORKER_CAPACITY | none | worker.capacity: expected 1 to 10000, was "none" in environment PENSTOCK_WORKER_CAPACITY
            PENSTOCK_WORKER_DRAIN_TIMEOUT | 30 | worker.drain-timeout: expected a duration such as
            PENSTOCK_ADMIN_ENABLED | yes | admin.enabled: expected true or false, was "yes"
            PENSTOCK_WORKER_UNKNOWN_TYPES | drop | worker.unknown-types: expected wait or discard, was "drop"
            PENSTOCK_WORKER_NAME | a b | worker.name: expected 1 to 100 letters, digits
            PENSTOCK_PLUGINS_DIRECTORY | nowhere | plug-in directory: expected a directory of jars, was not to be read
            """)
    void theEnvironmentIsCheckedLikeTheFile(String variable, String value, String told) {
        assertThatThrownBy(() -> read(FILE, Map.of("DATABASE_PASSWORD", "hidden", variable, value)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(told);
    }

    @Test
    void aliasesThatMultiplyAreRefusedBeforeAnythingIsMadeOfThem() {
        StringBuilder laughs = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
        for (char name = 'b'; name <= 'i'; name++) {
            String before = "*" + (char) (name - 1);
            laughs.append(name)
                    .append(": &")
                    .append(name)
                    .append(" [")
                    .append((before + ", ").repeat(9))
                    .append(before)
                    .append("]\n");
        }
        assertThatThrownBy(() -> read(laughs + FILE, Map.of("DATABASE_PASSWORD", "hidden")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("aliases");
        assertThatThrownBy(() -> read("a: &a {b: *a}\n" + FILE, Map.of("DATABASE_PASSWORD", "hidden")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("20 levels");
    }

    @Test
    void aVariableThatWouldMeanTwoValuesIsRefused() {
        String file = FILE.replace("  import:", "  a-b: {limit: 1}\n  a.b:");
        assertThatThrownBy(() -> read(file, Map.of("DATABASE_PASSWORD", "hidden", "PENSTOCK_QUEUES_A_B_LIMIT", "2")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected to mean one value, means both queues.a-b.limit and queues.a.b.limit");
    }

    @Test
    void aWorkerWithoutHandlersOrQueuesIsRefused() {
        assertThatThrownBy(() -> read("database: {url: 'jdbc:postgresql://localhost/orders'}", Map.of()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("queues: expected at least one queue, was none")
                .hasMessageContaining("handlers: expected at least one, was none");
    }

    @Test
    void aDollarThatIsMeantIsWrittenTwice() throws IOException {
        String file = FILE.replace("s3cret", "$${HOME}").replace("user: penstock", "user: pen$${stock}");
        assertThat(read(file, Map.of("DATABASE_PASSWORD", "hidden")).database().user())
                .isEqualTo("pen${stock}");
    }

    @Test
    void durationsAreReadAndWrittenInTheirUnits() throws IOException {
        String file = FILE.replace("secret: s3cret", "timeout: 1500ms");
        assertThat(read(file + "worker: {drain-timeout: 2m}\n", Map.of("DATABASE_PASSWORD", "hidden"))
                        .drainTimeout())
                .isEqualTo(Duration.ofMinutes(2));
    }

    private WorkerConfiguration read(String text, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(directory.resolve("penstock.yaml"), text);
        return WorkerConfiguration.read(file, environment);
    }
}
