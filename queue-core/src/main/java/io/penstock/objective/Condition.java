package io.penstock.objective;

import org.jspecify.annotations.Nullable;

/**
 * Something that holds now and that somebody should know of.
 *
 * @param rule in one word, as alerts are told apart: burn, growth, starvation, not-moving, freshness, guarantee, no-data, blocked
 * @param subject what is promised, the queue, the fleet, or who blocks others
 * @param queue whose jobs it is about, or null
 * @param sentence what, how bad and what is likely to be the cause, in words
 * @param advice what to do first
 */
public record Condition(
        Rule rule,
        Severity severity,
        String subject,
        @Nullable String queue,
        String sentence,
        String advice) {

    /** The rules. */
    public enum Rule {
        BURN("burn"),
        GROWTH("growth"),
        STARVATION("starvation"),
        NOT_MOVING("not-moving"),
        FRESHNESS("freshness"),
        GUARANTEE("guarantee"),
        NO_DATA("no-data"),
        BLOCKED("blocked");

        private final String word;

        Rule(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** The same with what is likely to be the cause. */
    public Condition because(String cause) {
        return new Condition(rule, severity, subject, queue, sentence + "; likely cause: " + cause, advice);
    }

    /** What makes it one alert, whoever sees it: {@code growth/page/runbooks}. */
    public String key() {
        return rule.word() + "/" + severity.word() + "/" + subject;
    }
}
