package io.penstock.configure;

import io.penstock.error.RefusedException;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Turns a text into nodes that know their lines. No type is ever made of what stands there, and aliases cannot multiply it. */
final class YamlText {

    private static final int CHARACTERS = 1 << 20;
    private static final int NODES = 20_000;
    private static final int DEPTH = 20;
    private static final Set<Tag> PLAIN =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ, Tag.ENV_TAG);

    private final String file;
    private int nodes;

    private YamlText(String file) {
        this.file = file;
    }

    /** The one mapping that the text is. */
    static MappingNode read(String file, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(CHARACTERS)
                .setUseMarks(true)
                .build();
        try {
            Node root = new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> new RefusedException(file + ": expected a worker's settings, was empty"));
            if (!(root instanceof MappingNode mapping)) {
                throw new RefusedException(at(file, root) + ": expected keys with values, was something else");
            }
            new YamlText(file).check(root, 0);
            return mapping;
        } catch (MarkedYamlEngineException malformed) {
            String line = malformed
                    .getProblemMark()
                    .map(mark -> " line " + (mark.getLine() + 1))
                    .orElse("");
            throw new RefusedException(file + line + ": expected YAML: " + malformed.getProblem(), malformed);
        } catch (YamlEngineException malformed) {
            throw new RefusedException(file + ": expected YAML: " + malformed.getMessage(), malformed);
        }
    }

    static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    static String at(String file, Node node) {
        return file + " line " + line(node);
    }

    /** Walks through aliases as if what they stand for were written out, so that a bound on the walk is one on that. */
    private void check(Node node, int depth) {
        if (++nodes > NODES || depth > DEPTH) {
            throw new RefusedException(at(file, node) + ": expected at most " + NODES + " values and " + DEPTH
                    + " levels, aliases written out, was more");
        }
        if (!PLAIN.contains(node.getTag())) {
            throw new RefusedException(at(file, node) + ": expected text, numbers, true or false, was the tag "
                    + node.getTag().getValue());
        }
        if (node instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                check(entry.getKeyNode(), depth + 1);
                check(entry.getValueNode(), depth + 1);
            }
        } else if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(element -> check(element, depth + 1));
        }
    }
}
