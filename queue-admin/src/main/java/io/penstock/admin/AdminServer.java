package io.penstock.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.BindException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The admin endpoint of a service: {@code GET /health/live}, {@code GET /health/ready} (503 while the database cannot be
 * reached or has another schema) and {@code GET /metrics} in the text format of Prometheus, with the depth of each queue.
 * Safe for use by many threads.
 *
 * <p>It holds no connection between requests and needs the rights of {@code penstock_reader} only. It starts without the
 * database, since saying that the database is away is what it is for.
 */
public final class AdminServer implements AutoCloseable {

    private static final int WORKERS = 2;
    private static final int LONGEST_REQUEST_LINE = 2_048;

    private final Vertx vertx;
    private final HttpServer server;
    private final AdminAddress address;

    private AdminServer(DataSource dataSource, AdminAddress address, PrometheusMeterRegistry registry, Health health) {
        this.address = address;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(WORKERS)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Routes routes = new Routes(
                vertx,
                new Readiness(dataSource, health),
                new QueueDepths(dataSource, registry),
                new ObjectiveGauges(dataSource, registry),
                new LockGauges(dataSource, registry),
                registry);
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(address.host())
                        .setPort(address.port())
                        .setIdleTimeout(30)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setMaxInitialLineLength(LONGEST_REQUEST_LINE))
                .requestHandler(routes::route);
    }

    /**
     * Starts the endpoint.
     *
     * @param registry what {@code /metrics} shows, the depths of queues added to it
     * @throws RefusedException if the port is taken
     */
    public static AdminServer start(DataSource dataSource, AdminAddress address, PrometheusMeterRegistry registry) {
        return start(dataSource, address, registry, Health.WELL);
    }

    /** The same for a process that does more than to answer here, and knows how that goes. */
    public static AdminServer start(
            DataSource dataSource, AdminAddress address, PrometheusMeterRegistry registry, Health health) {
        AdminServer admin = new AdminServer(
                Checks.present("data source", dataSource),
                Checks.present("admin address", address),
                Checks.present("meter registry", registry),
                Checks.present("health", health));
        try {
            admin.server.listen().await();
            return admin;
        } catch (RuntimeException failure) {
            admin.close();
            throw failure;
        } catch (Throwable failure) {
            admin.close();
            if (failure instanceof BindException) {
                throw new RefusedException(
                        "admin port: expected a free one, was " + address.port() + ": " + failure.getMessage(),
                        failure);
            }
            throw new IllegalStateException("the admin endpoint did not start", failure);
        }
    }

    /** Where it can be reached. */
    public URI uri() {
        String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
        return URI.create("http://" + host + ":" + server.actualPort());
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
