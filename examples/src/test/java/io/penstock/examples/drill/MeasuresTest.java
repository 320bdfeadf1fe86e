package io.penstock.examples.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MeasuresTest {

    @Test
    void aDrillIsHeldIfEveryMeasureIs(@TempDir Path directory) throws Exception {
        Measures measures = new Measures("a-drill");
        measures.add("one", 4.25, Double.NaN, 5, true);
        assertThat(measures.held()).isTrue();
        measures.add("other", Double.POSITIVE_INFINITY, 0.5, 1, false);
        assertThat(measures.held()).isFalse();

        Path file = directory.resolve("drill.json");
        measures.write(file);
        JsonNode read = JsonMapper.builder().build().readTree(Files.readString(file));
        assertThat(read.get("drill").asString()).isEqualTo("a-drill");
        assertThat(read.get("held").asBoolean()).isFalse();
        assertThat(read.get("measures").get(0).get("naive").asDouble()).isEqualTo(4.25);
        assertThat(read.get("measures").get(0).get("penstock").isNull()).isTrue();
        assertThat(read.get("measures").get(1).get("naive").isNull()).isTrue();
        assertThat(read.get("measures").get(1).get("ok").asBoolean()).isFalse();
    }
}
