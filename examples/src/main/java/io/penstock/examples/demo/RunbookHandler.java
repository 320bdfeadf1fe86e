package io.penstock.examples.demo;

import io.penstock.examples.demo.Workload.RunbookStep;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Outcome;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs one step of a runbook: calls the system that it acts on, and keeps the answer. */
final class RunbookHandler implements JobHandler<RunbookStep> {

    private final LocalServices services;
    private final HttpClient client;
    private final DataSource dataSource;

    RunbookHandler(LocalServices services, HttpClient client, DataSource dataSource) {
        this.services = services;
        this.client = client;
        this.dataSource = dataSource;
    }

    @Override
    public Outcome handle(JobContext<RunbookStep> context) throws IOException, InterruptedException, SQLException {
        int step = context.payload().number();
        HttpRequest request = HttpRequest.newBuilder(services.step(step))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("step " + step + ": expected status 200, was " + response.statusCode());
        }
        try (Connection connection = dataSource.getConnection()) {
            insert(connection, step, response.body());
            context.complete(connection);
            connection.commit();
        }
        return Outcome.completed();
    }

    private static void insert(Connection connection, int step, String result) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Sql.of("insert_step"))) {
            statement.setInt(1, step);
            statement.setString(2, result);
            statement.executeUpdate();
        }
    }
}
