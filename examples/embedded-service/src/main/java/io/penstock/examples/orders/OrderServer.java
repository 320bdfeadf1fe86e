package io.penstock.examples.orders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /orders} with a form, {@code GET /orders/NUMBER}, {@code GET /metrics}; on the loopback address. */
final class OrderServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OrderServer.class);
    private static final int THREADS = 4;
    private static final int MOST_BYTES = 4096;
    private static final int GRACE_SECONDS = 1;

    /** What is answered. */
    private record Reply(int status, String text) {}

    private final DataSource database;
    private final JdbcOrders withJdbc;
    private final JooqOrders withJooq;
    private final PrometheusMeterRegistry meters;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    private OrderServer(
            int port, DataSource database, JdbcOrders withJdbc, JooqOrders withJooq, PrometheusMeterRegistry meters)
            throws IOException {
        this.database = database;
        this.withJdbc = withJdbc;
        this.withJooq = withJooq;
        this.meters = meters;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
    }

    static OrderServer start(
            int port, DataSource database, JdbcOrders withJdbc, JooqOrders withJooq, PrometheusMeterRegistry meters)
            throws IOException {
        OrderServer started = new OrderServer(port, database, withJdbc, withJooq, meters);
        started.server.start();
        return started;
    }

    URI uri() {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://" + address.getHostString() + ":" + address.getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply = reply(exchange);
            byte[] body = (reply.text() + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        String request =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        try {
            if (request.equals("POST /orders")) {
                byte[] form = exchange.getRequestBody().readNBytes(MOST_BYTES);
                return place(fields(new String(form, StandardCharsets.UTF_8)));
            } else if (request.matches("GET /orders/[0-9]{1,18}")) {
                return show(Long.parseLong(request.substring("GET /orders/".length())));
            } else if (request.equals("GET /metrics")) {
                return new Reply(200, meters.scrape());
            }
            return new Reply(404, "expected POST /orders, GET /orders/NUMBER or GET /metrics, was " + request);
        } catch (IllegalArgumentException refused) {
            return new Reply(400, String.valueOf(refused.getMessage()));
        } catch (SQLException | RuntimeException failure) {
            log.warn("{} failed", request, failure);
            return new Reply(500, "the order was not stored, or cannot be read; try again later");
        }
    }

    private Reply place(Map<String, String> fields) throws SQLException {
        String customer = fields.getOrDefault("customer", "");
        String cents = fields.getOrDefault("cents", "");
        String with = fields.getOrDefault("with", "jdbc");
        if (customer.isBlank()) {
            throw new IllegalArgumentException("customer: expected who orders, was \"" + customer + "\"");
        }
        if (!cents.matches("[1-9][0-9]{0,11}")) {
            throw new IllegalArgumentException("cents: expected a whole number above 0, was \"" + cents + "\"");
        }
        long order = switch (with) {
            case "jdbc" -> withJdbc.place(customer, Long.parseLong(cents));
            case "jooq" -> withJooq.place(customer, Long.parseLong(cents));
            default -> throw new IllegalArgumentException("with: expected jdbc or jooq, was \"" + with + "\"");
        };
        return new Reply(201, "order " + order);
    }

    private Reply show(long order) throws SQLException {
        return OrderTable.find(database, order)
                .map(found -> new Reply(200, found.toString()))
                .orElseGet(() -> new Reply(404, "order " + order + ": expected one that was placed, found none"));
    }

    private static Map<String, String> fields(String form) {
        Map<String, String> fields = new HashMap<>();
        for (String field : form.split("&", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(
                        URLDecoder.decode(field.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return fields;
    }

    /** Ends when the requests under way are answered, or a second has passed. */
    @Override
    public void close() {
        server.stop(GRACE_SECONDS);
        threads.shutdownNow();
    }
}
