package io.penstock.examples;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.JobQueue;
import io.penstock.admin.AdminAddress;
import io.penstock.admin.AdminServer;
import io.penstock.admin.cli.DatabaseSettings;
import io.penstock.admin.cli.ExitCode;
import io.penstock.admin.cli.Surroundings;
import io.penstock.alert.Times;
import io.penstock.alert.Watch;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the admin endpoint until it is told to end. */
@Command(name = "admin", description = "Serves health and metrics of PENSTOCK_DATABASE_URL until it is stopped.")
final class AdminCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "A loopback address (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(names = "--port", defaultValue = "8321", description = "0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port = AdminAddress.DEFAULT_PORT;

    @Override
    public Integer call() throws InterruptedException {
        DatabaseSettings settings = DatabaseSettings.from(Surroundings.of(spec).environment());
        AdminAddress address = new AdminAddress(host, port);
        try (HikariDataSource dataSource = settings.pool("penstock-admin", CONNECTIONS)) {
            JobQueue.on(dataSource); // a wrong login or schema is told now; what fails later, /health/ready says
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new UptimeMetrics().bindTo(registry);
            new JvmMemoryMetrics().bindTo(registry);
            try (Watch watch = new Watch("admin", dataSource, new Times(), List.of()).start();
                    AdminServer admin = AdminServer.start(dataSource, address, registry)) {
                PrintWriter out = spec.commandLine().getOut();
                out.println("admin endpoint: " + admin.uri() + "/health/live, /health/ready, /metrics; Ctrl-C ends it");
                out.flush();
                new CountDownLatch(1).await();
            }
        }
        return ExitCode.OK;
    }
}
