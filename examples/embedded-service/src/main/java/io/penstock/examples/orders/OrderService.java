package io.penstock.examples.orders;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.JobQueue;
import io.penstock.handler.HandlerOptions;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import io.penstock.migrate.Migrator;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service: its pool, its worker and its HTTP endpoint, started in this order and closed in the other. */
public final class OrderService implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OrderService.class);
    private static final int CAPACITY = 4;
    private static final int WORKERS_OWN_CONNECTIONS = 5;
    private static final int REQUESTS = 4;

    private final HikariDataSource pool;
    private final Worker worker;
    private final OrderServer server;

    private OrderService(HikariDataSource pool, Worker worker, OrderServer server) {
        this.pool = pool;
        this.worker = worker;
        this.server = server;
    }

    /**
     * Starts the service on a database.
     *
     * @param port on the loopback address, or 0 for any free one
     * @throws io.penstock.error.PenstockException if the database cannot be used
     */
    public static OrderService start(DataSource database, int port) throws SQLException, IOException {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        HikariDataSource pool = pool(database, meters);
        try {
            new Migrator(pool).migrate();
            OrderTable.create(pool);
            JobQueue queue = JobQueue.on(pool);
            Mailer mailer = (key, to, text) -> log.info("mail {} to {}: {}", key, to, text);
            Worker worker = worker(queue, pool, mailer).meters(meters).start();
            try {
                JooqOrders withJooq = new JooqOrders(DSL.using(pool, SQLDialect.POSTGRES), queue);
                OrderServer server = OrderServer.start(port, pool, new JdbcOrders(pool, queue), withJooq, meters);
                return new OrderService(pool, worker, server);
            } catch (IOException | RuntimeException failure) {
                worker.close();
                throw failure;
            }
        } catch (SQLException | IOException | RuntimeException failure) {
            pool.close();
            throw failure;
        }
    }

    /** The worker as it is in production, for {@link Worker} to be started and for tests to be run with. */
    static WorkerBuilder worker(JobQueue queue, DataSource database, Mailer mailer) {
        HandlerOptions options = HandlerOptions.DEFAULT
                .timeout(Duration.ofSeconds(30))
                .retryPolicy(RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofMinutes(5)))
                .on(NoSuchOrderException.class, error -> Outcome.discarded(String.valueOf(error.getMessage())));
        return Worker.on(queue)
                .name("orders")
                .capacity(CAPACITY)
                .drainTimeout(Duration.ofSeconds(10))
                .queue(QueueDefinition.of("orders", 2, CAPACITY, 1))
                .handle(ConfirmOrder.TYPE, new ConfirmOrderHandler(database, mailer), options);
    }

    /** Each attempt has a connection, the worker's own have one each, and so have the requests under way. */
    private static HikariDataSource pool(DataSource database, PrometheusMeterRegistry meters) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("orders");
        config.setDataSource(database);
        config.setMaximumPoolSize(CAPACITY + WORKERS_OWN_CONNECTIONS + REQUESTS);
        config.setMetricRegistry(meters);
        return new HikariDataSource(config);
    }

    /** Where it listens. */
    public URI uri() {
        return server.uri();
    }

    /** Takes no more orders, lets the jobs that run end, and gives all connections back. */
    @Override
    public void close() {
        server.close();
        worker.close();
        pool.close();
    }
}
