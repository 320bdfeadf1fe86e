package io.penstock.testkit;

import org.testcontainers.postgresql.PostgreSQLContainer;

/** A server in a container, for where a Docker engine runs. Asked for by the Maven profile {@code testcontainers}. */
final class ContainerServer implements DatabaseServer {

    private static final String IMAGE = "postgres:18";

    private final PostgreSQLContainer container;

    private ContainerServer(PostgreSQLContainer container) {
        this.container = container;
    }

    static ContainerServer start() {
        PostgreSQLContainer container =
                new PostgreSQLContainer(IMAGE).withCommand("postgres", "-c", "max_connections=200");
        container.start();
        return new ContainerServer(container);
    }

    @Override
    public String url(String database) {
        return "jdbc:postgresql://" + container.getHost() + ":"
                + container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT) + "/" + database;
    }

    @Override
    public String user() {
        return container.getUsername();
    }

    @Override
    public String password() {
        return container.getPassword();
    }

    @Override
    public String maintenanceDatabase() {
        return container.getDatabaseName();
    }

    @Override
    public void close() {
        container.stop();
    }
}
