package io.penstock.examples.demo;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where the demo shows itself: a table that is drawn again in place on a terminal, lines elsewhere. Safe for use by many
 * threads.
 */
public final class Screen {

    private static final String HEAD = "                         runbook steps             deliveries        slots";
    private static final String COLUMNS = "phase                      p50       p99      max  per second  used  most";
    private static final int PLAIN_EVERY = 5;

    private final PrintStream out;
    private final boolean terminal;
    private final Map<Phase, String> rows = new EnumMap<>(Phase.class);
    private int drawn;
    private int calls;

    /**
     * A screen on a stream.
     *
     * @param terminal whether the stream understands cursor movements
     */
    public Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    synchronized void say(String line) {
        out.println(line);
        out.flush();
    }

    synchronized void progress(Phase phase, String activity, PhaseFigures figures) {
        if (terminal) {
            rows.put(phase, row(phase, figures) + "  " + activity);
            draw();
        } else if (++calls % PLAIN_EVERY == 0) {
            say(row(phase, figures) + "  " + activity);
        }
    }

    synchronized void finished(Phase phase, PhaseFigures figures) {
        rows.put(phase, row(phase, figures) + "  done");
        if (terminal) {
            draw();
        } else {
            say(row(phase, figures) + "  done");
        }
    }

    /** The head of the table; on a terminal the rows are drawn below it from now on. */
    synchronized void begin() {
        say(HEAD);
        say(COLUMNS);
    }

    private void draw() {
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A');
        }
        text.append("\u001b[?7l"); // a row too long for the terminal is cut off, not wrapped
        rows.values().forEach(row -> text.append("\r\u001b[2K").append(row).append('\n'));
        text.append("\u001b[?7h");
        drawn = rows.size();
        out.print(text);
        out.flush();
    }

    private static String row(Phase phase, PhaseFigures figures) {
        JobFigures.Latency total = figures.runbook().total();
        String perSecond = figures.ingest() == null
                ? "-"
                : String.format(Locale.ROOT, "%.2f", figures.ingest().jobsPerSecond());
        if (figures.runbook().count() == 0) {
            return String.format(
                    Locale.ROOT, "%-22s %7s  %8s %8s  %10s  %4s  %4s", phase.title(), "-", "-", "-", "-", "-", "-");
        }
        return String.format(
                Locale.ROOT,
                "%-22s %7s  %8s %8s  %10s  %3.0f%%  %4d",
                phase.title(),
                Figures.milliseconds(total.p50()),
                Figures.milliseconds(total.p99()),
                Figures.milliseconds(total.max()),
                perSecond,
                figures.utilisation() * 100,
                figures.slotsMax());
    }
}
