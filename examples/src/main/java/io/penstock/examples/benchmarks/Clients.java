package io.penstock.examples.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several clients at once, each with a connection and a thread of its own, which start together. */
final class Clients {

    /** Where connections come from. */
    @FunctionalInterface
    interface Source {
        Connection connect() throws SQLException;
    }

    /** What a client does; answers how much it has done. */
    @FunctionalInterface
    interface Client {
        long run(Connection connection) throws Exception;
    }

    /** What a client does over and over; answers how much it has done in one go. */
    @FunctionalInterface
    interface Step {
        int run(Connection connection) throws Exception;
    }

    private Clients() {}

    /** What all of them do in a second when each repeats its step for so long. */
    static double rate(int clients, Duration duration, Source source, Step step) throws Exception {
        return sum(clients, source, connection -> {
            long end = System.nanoTime() + duration.toNanos();
            long done = 0;
            while (System.nanoTime() < end) {
                done += step.run(connection);
            }
            return done;
        });
    }

    /** What all of them do in a second, from the moment at which all are connected to the end of the last. */
    static double sum(int clients, Source source, Client client) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        List<Connection> connections = new ArrayList<>();
        try {
            for (int number = 0; number < clients; number++) {
                connections.add(source.connect());
            }
            long start = System.nanoTime();
            List<Future<Long>> results = new ArrayList<>();
            for (Connection connection : connections) {
                results.add(threads.submit(() -> client.run(connection)));
            }
            long done = 0;
            for (Future<Long> result : results) {
                done += result.get();
            }
            return done * 1e9 / (System.nanoTime() - start);
        } finally {
            threads.shutdownNow();
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
