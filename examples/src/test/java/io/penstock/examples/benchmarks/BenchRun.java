package io.penstock.examples.benchmarks;

import io.penstock.testkit.PenstockDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import tools.jackson.databind.node.ObjectNode;

/** A benchmark run in this process, on the server of the tests. */
record BenchRun(ObjectNode json, String shown) {

    static BenchRun of(Benchmark benchmark, String... options) throws Exception {
        CommandLine commandLine = new CommandLine(benchmark);
        commandLine.parseArgs(options);
        benchmark.check();
        StringWriter shown = new StringWriter();
        Figures figures = benchmark.run(PenstockDatabase.server(), new PrintWriter(shown, true));
        return new BenchRun(figures.json(), shown.toString());
    }

    double number(String path) {
        return json.at("/" + path.replace('.', '/')).asDouble();
    }
}
