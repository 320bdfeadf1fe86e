package io.penstock.admin.cli;

import io.penstock.error.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a command's answer goes: a table and sentences on standard output for people, or one JSON document for scripts. What is
 * not the answer, such as progress and what is left out, goes to standard error.
 *
 * @param person whom a question can be put to, or null
 */
record Output(
        PrintWriter out,
        PrintWriter err,
        boolean json,
        @Nullable BufferedReader person) {

    static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static ArrayNode array() {
        return JSON.createArrayNode();
    }

    /** The one document. Ignored where people read. */
    void document(JsonNode document) {
        if (json) {
            out.println(JSON.writeValueAsString(document));
        }
    }

    /** A line of the answer. Ignored where scripts read. */
    void line(String text) {
        if (!json) {
            out.println(text);
        }
    }

    /** Something beside the answer. */
    void remark(String text) {
        err.println(text);
        err.flush();
    }

    /** Asks before something is done to many jobs; where nobody can be asked, the answer has to be among the options. */
    boolean confirmed(String question) throws IOException {
        if (person == null) {
            throw new RefusedException(
                    "a change by filter: expected --dry-run or --yes, was neither; there is no terminal"
                            + " on which to ask");
        }
        err.print(question + " [y/N] ");
        err.flush();
        String answer = person.readLine();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
