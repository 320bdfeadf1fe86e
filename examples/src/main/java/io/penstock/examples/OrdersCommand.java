package io.penstock.examples;

import io.penstock.admin.cli.ExitCode;
import io.penstock.examples.orders.OrderService;
import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.testkit.DatabaseServer;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the service of examples/embedded-service. */
@Command(
        name = "orders",
        description = {
            "Runs the example service of examples/embedded-service until it is told to end.",
            "Starts a PostgreSQL of its own unless PENSTOCK_DATABASE_URL is set; there it makes a database named",
            "penstock_orders_... and drops it."
        })
final class OrdersCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "On the loopback address, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public Integer call() throws Exception {
        CompletableFuture<String> told = new CompletableFuture<>();
        Signals.listen(told::complete, signal -> say(signal + " again: ends at once"));
        try (DatabaseServer server = TemporaryDatabase.server(true);
                TemporaryDatabase database = TemporaryDatabase.create(
                        server, "penstock_orders_" + ProcessHandle.current().pid())) {
            Main.logEverything();
            serve(database, told);
        }
        return ExitCode.OK;
    }

    private void serve(TemporaryDatabase database, CompletableFuture<String> told) throws Exception {
        try (OrderService service = OrderService.start(database.dataSource(), port)) {
            say("orders: curl -d 'customer=ada&cents=1999&with=jooq' " + service.uri()
                    + "/orders; then GET /orders/1, /metrics; Ctrl-C ends it");
            say(told.join() + ": takes no more orders, and lets the jobs that run end");
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
