package io.penstock.configure;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** YAML as the JSON that it looks like. What has no JSON is noted as a mistake, and becomes null. */
final class JsonOfNodes {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ConfigurationFile file;
    private final String path;

    JsonOfNodes(ConfigurationFile file, String path) {
        this.file = file;
        this.path = path;
    }

    JsonNode of(Node node) {
        if (node instanceof MappingNode mapping) {
            return object(mapping);
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JSON.arrayNode();
            sequence.getValue().forEach(element -> array.add(of(element)));
            return array;
        }
        return scalar((ScalarNode) node);
    }

    private JsonNode object(MappingNode mapping) {
        ObjectNode object = JSON.objectNode();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                mistake(entry.getKeyNode(), "expected names as keys, was a list or keys with values");
            } else if (object.has(key.getValue())) {
                mistake(key, "expected " + key.getValue() + " once, stands there twice");
            } else {
                object.set(key.getValue(), of(entry.getValueNode()));
            }
        }
        return object;
    }

    private JsonNode scalar(ScalarNode node) {
        String text = node.getValue();
        if (node.getTag().equals(Tag.NULL)) {
            return JSON.nullNode();
        } else if (node.getTag().equals(Tag.BOOL)) {
            return JSON.booleanNode(Boolean.parseBoolean(text));
        } else if (node.getTag().equals(Tag.INT)) {
            return JSON.numberNode(new BigInteger(text));
        } else if (node.getTag().equals(Tag.FLOAT)) {
            return number(node, text);
        }
        try {
            return JSON.stringNode(file.environment.expand(text));
        } catch (IllegalArgumentException missing) {
            return mistake(node, String.valueOf(missing.getMessage()));
        }
    }

    private JsonNode number(ScalarNode node, String text) {
        try {
            return JSON.numberNode(new BigDecimal(text));
        } catch (NumberFormatException infinite) {
            return mistake(node, "expected a number that JSON has, was " + text);
        }
    }

    private JsonNode mistake(Node node, String text) {
        file.mistake(YamlText.line(node), path + ": " + text);
        return JSON.nullNode();
    }
}
