package io.penstock.objective;

import io.penstock.job.Checks;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Where alerts are sent. Each that opens or ends becomes a job, in the transaction that says so: whoever handles its type sends it on, as often as it
 * takes. Give the queue a guarantee, for what is wrong may be that there is no free slot.
 *
 * @param name what it is called
 * @param queue of the jobs, which has to exist
 * @param type of the jobs; their payload is JSON
 * @param pattern of {@linkplain Alert#key keys}, as of SQL's LIKE: {@code %/page/%}
 * @param link for people, with <code>{queue}</code> and <code>{key}</code> in it, or null
 */
public record AlertRoute(
        String name,
        String queue,
        String type,
        String pattern,
        Format format,
        @Nullable String link) {

    /** What the payload is. */
    public enum Format {
        /** One object: {@code status} (open or resolved), {@code key}, {@code sentence} and the like. */
        PENSTOCK,
        /** What {@code POST /api/v2/alerts} of the Prometheus Alertmanager takes. */
        ALERTMANAGER
    }

    public AlertRoute {
        Checks.ofLength("alert route", name, 1, Limits.KEY_CHARACTERS);
        String subject = "alert route " + Checks.quoted(name);
        QueueDefinition.checkName(queue);
        Checks.matching(
                subject + " job type",
                type,
                JobType.NAME_PATTERN,
                "a letter followed by at most 127 letters, digits or _ . : / -");
        Checks.ofLength(subject + " pattern", pattern, 1, Limits.KEY_CHARACTERS);
        Checks.present(subject + " format", format);
        if (link != null) {
            Checks.ofLength(subject + " link", link, 1, Limits.REASON_CHARACTERS);
        }
    }

    /** All alerts, as Penstock's own objects. */
    public static AlertRoute of(String name, String queue, String type) {
        return new AlertRoute(name, queue, type, "%", Format.PENSTOCK, null);
    }

    /** The same for alerts whose keys are like a pattern. */
    public AlertRoute matching(String keys) {
        return new AlertRoute(name, queue, type, keys, format, link);
    }

    /** The same in another format. */
    public AlertRoute format(Format other) {
        return new AlertRoute(name, queue, type, pattern, other, link);
    }

    /** The same with a link. */
    public AlertRoute link(@Nullable String template) {
        return new AlertRoute(name, queue, type, pattern, format, template);
    }
}
