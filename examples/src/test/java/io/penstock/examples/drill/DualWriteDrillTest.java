package io.penstock.examples.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The short form, of two of the six; what is about latency is for the drill itself, on a machine that does nothing else. */
class DualWriteDrillTest {

    @Test
    void theNaiveWriterHasTheOutageAndPenstockHasNot(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("drill.json");
        StringWriter out = new StringWriter();
        new CommandLine(new Drill())
                .setOut(new PrintWriter(out))
                .execute("dual-write", "--seconds", "8", "--forms", "3,4", "--json", file.toString());
        JsonNode drill = JsonMapper.builder().build().readTree(Files.readString(file));
        assertThat(drill.get("drill").asString()).isEqualTo("dual-write");
        assertThat(measure(drill, "form4_lock_on_b_s").get("naive").asDouble()).isGreaterThan(5);
        for (String form : new String[] {"form3", "form4"}) {
            assertThat(measure(drill, form + "_criteria_missed").get("naive").asInt())
                    .isPositive();
            assertThat(measure(drill, form + "_lock_on_b_s").get("penstock").asDouble())
                    .isLessThan(5);
            assertThat(measure(drill, form + "_waiting_for_rows")
                            .get("penstock")
                            .asDouble())
                    .isLessThanOrEqualTo(2.5);
            for (String none : new String[] {"_errors_of_others", "_errors_after_percent", "_writes_not_once"}) {
                assertThat(measure(drill, form + none).get("penstock").asDouble())
                        .as(form + none + " in " + out)
                        .isZero();
            }
            assertThat(measure(drill, form + "_equal_after_s").get("ok").asBoolean())
                    .isTrue();
        }
    }

    private static JsonNode measure(JsonNode drill, String name) {
        for (JsonNode measure : drill.get("measures")) {
            if (measure.get("name").asString().equals(name)) {
                return measure;
            }
        }
        throw new AssertionError("no measure \"" + name + "\" in " + drill);
    }

    @Test
    void theDrillsAreListed() {
        StringWriter out = new StringWriter();
        assertThat(new CommandLine(new Drill()).setOut(new PrintWriter(out)).execute("list"))
                .isZero();
        assertThat(out.toString())
                .contains("runbook-starvation ", "dual-write ")
                .doesNotContain("list ");
    }
}
