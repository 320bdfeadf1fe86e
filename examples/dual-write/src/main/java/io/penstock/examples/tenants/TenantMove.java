package io.penstock.examples.tenants;

import io.penstock.dualwrite.DualWrite;
import io.penstock.job.JobSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The steps of the move, while tenants are written to: copy, compare, switch, back. */
public final class TenantMove {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROUNDS = 5;

    private static final String OLD = """
            CREATE TABLE tenant (id text PRIMARY KEY, name text NOT NULL, plan text NOT NULL);
            INSERT INTO tenant SELECT 'tenant-' || g, 'Tenant ' || g, 'free' FROM generate_series(1, 20) AS g;
            """;
    private static final String NEW =
            "CREATE TABLE account (key text PRIMARY KEY, name text NOT NULL, details jsonb NOT NULL)";

    private final TenantService service;
    private final TenantTraffic traffic;
    private final Duration each;
    private final Consumer<String> say;

    private TenantMove(TenantService service, TenantTraffic traffic, Duration each, Consumer<String> say) {
        this.service = service;
        this.traffic = traffic;
        this.each = each;
        this.say = say;
    }

    /**
     * Makes the tables, and moves there and back.
     *
     * @param old a database with Penstock's schema, as the other one
     * @param each how long to watch the traffic after each step
     * @return how many changes failed
     */
    public static long run(DataSource old, DataSource fresh, Duration each, Consumer<String> say)
            throws SQLException, InterruptedException {
        execute(old, OLD);
        execute(fresh, NEW);
        try (TenantService service = TenantService.start(old, fresh);
                TenantTraffic traffic = TenantTraffic.start(service)) {
            return new TenantMove(service, traffic, each, say).run();
        }
    }

    private static void execute(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long run() throws InterruptedException {
        DualWrite<Tenant> tenants = service.tenants();
        watch("mirrored");
        int rounds = 1;
        while (!equal(tenants.reconcile(true))) {
            if (rounds++ == ROUNDS) {
                throw new IllegalStateException("the sides are not equal after " + ROUNDS + " rounds");
            }
        }
        watch("copied in " + rounds + (rounds == 1 ? " round" : " rounds"));
        tenants.comparing(true);
        watch("compared by reads");
        tenants.switchOver(PATIENCE);
        watch("switched to " + tenants.inCharge().name());
        tenants.back(PATIENCE);
        watch("back at " + tenants.inCharge().name());
        traffic.close();
        if (!equal(tenants.reconcile(false))) {
            throw new IllegalStateException("the sides are not equal at the end");
        }
        say.accept("equal at the end");
        return traffic.failed();
    }

    private void watch(String step) throws InterruptedException {
        traffic.reset();
        TimeUnit.NANOSECONDS.sleep(each.toNanos());
        say.accept(step + ": " + traffic.summary());
    }

    /** Waits for a comparison; whether it found no difference. */
    private boolean equal(UUID comparison) throws InterruptedException {
        while (true) {
            JobSnapshot job =
                    service.tenants().inCharge().queue().find(comparison).orElseThrow();
            if (job.state().terminal()) {
                return String.valueOf(job.result()).contains("\"equal\": true");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
