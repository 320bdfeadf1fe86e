package io.penstock.examples;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.admin.AdminAddress;
import io.penstock.admin.AdminServer;
import io.penstock.admin.Health;
import io.penstock.process.AdminSettings;
import io.penstock.process.Fatal;
import io.penstock.process.WorkerConfiguration;
import io.penstock.process.WorkerProcess;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A worker process with its health and metrics beside it. */
final class RunningWorker implements AutoCloseable {

    private final WorkerConfiguration configuration;
    private final WorkerProcess process;
    private final @Nullable AdminServer admin;

    private RunningWorker(WorkerConfiguration configuration, WorkerProcess process, @Nullable AdminServer admin) {
        this.configuration = configuration;
        this.process = process;
        this.admin = admin;
    }

    static RunningWorker start(WorkerConfiguration configuration, BiConsumer<Fatal, String> fatal) {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new UptimeMetrics().bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        WorkerProcess process = WorkerProcess.start(configuration, meters, fatal);
        try {
            return new RunningWorker(configuration, process, admin(configuration.admin(), process, meters));
        } catch (RuntimeException failure) {
            process.close();
            throw failure;
        }
    }

    private static @Nullable AdminServer admin(
            AdminSettings settings, WorkerProcess process, PrometheusMeterRegistry meters) {
        return settings.enabled()
                ? AdminServer.start(
                        process.spareDataSource(),
                        new AdminAddress(settings.host(), settings.port()),
                        meters,
                        health(process))
                : null;
    }

    private static Health health(WorkerProcess process) {
        return new Health() {
            @Override
            public Optional<String> notLive() {
                return process.notLive();
            }

            @Override
            public Optional<String> notReady() {
                return process.notReady();
            }
        };
    }

    String describe() {
        String queues =
                configuration.queues().stream().map(queue -> queue.name()).collect(Collectors.joining(", "));
        String types = configuration.handlers().stream()
                .map(handler -> handler.type().name())
                .collect(Collectors.joining(", "));
        return "worker \"" + configuration.workerName() + "\": runs; queues " + queues + "; job types " + types + "; "
                + (admin == null ? "no health endpoint" : "health and metrics at " + admin.uri());
    }

    int attempts() {
        return process.running();
    }

    /** Answers how many attempts did not end in time. */
    int drain() {
        return process.drain();
    }

    @Override
    public void close() {
        process.close();
        if (admin != null) {
            admin.close();
        }
    }
}
