package io.penstock.chaos;

import io.penstock.testkit.History;
import io.penstock.testkit.HistoryChecker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is found at the end of a run.
 *
 * @param violations each in words, with the job's id
 */
record StressVerdict(List<String> violations, History history, Delays delays) {

    private static final int EXPLAINED = 5;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** A line in the ledger is there if and only if the job is; a job alone has none. Each is completed once. */
    private static final String WRONG = """
            SELECT 'ledger: job ' || coalesce(l.job_id, f.id) || ' has ' || count(DISTINCT l.ctid) || ' lines and '
                || count(DISTINCT (f.tableoid, f.ctid)) || ' ends, ' || coalesce(max(f.state), 'none')
            FROM stress_ledger AS l
            FULL JOIN (SELECT tableoid, ctid, id, state FROM penstock.finished WHERE NOT 'alone' = ANY (tags)) AS f ON f.id = l.job_id
            GROUP BY coalesce(l.job_id, f.id)
            HAVING count(DISTINCT l.ctid) <> 1 OR count(DISTINCT (f.tableoid, f.ctid)) <> 1 OR max(f.state) IS DISTINCT FROM 'completed'
            UNION ALL
            SELECT 'not completed: job ' || id || ' ' || state FROM penstock.finished WHERE state <> 'completed'
            UNION ALL
            SELECT 'effects: job ' || f.id || ' has ' || count(e.job_id)
            FROM penstock.finished AS f LEFT JOIN stress_effect AS e ON e.job_id = f.id
            GROUP BY f.id, f.payload
            HAVING count(e.job_id) <> CASE WHEN f.payload ->> 'kind' = 'WITH_EFFECT' THEN 1 ELSE 0 END
            UNION ALL
            SELECT 'unfinished: job ' || id || ' ' || state || ' at ' || position FROM penstock.live
            UNION ALL
            SELECT 'unfinished: job ' || id || ' ' || state FROM penstock.waiting
            """;

    static StressVerdict of(StressRun run, List<StressLoad> loads) throws Exception {
        List<String> violations = new ArrayList<>(run.query(WRONG));
        History history;
        Delays delays;
        try (Connection connection = run.dataSource().getConnection()) {
            history = History.read(connection, run.fates().entries());
            delays = Delays.read(connection, run.windows());
        }
        violations.addAll(HistoryChecker.violations(history));
        for (UUID id : run.fates().rolledBackOf(run.started())) {
            violations.add("started although rolled back: job " + id);
        }
        return new StressVerdict(violations, history, delays);
    }

    void print(StressRun run, List<StressLoad> loads) throws SQLException {
        int prepared =
                loads.stream().mapToInt(load -> load.preparedAndRefused()[0]).sum();
        int refused =
                loads.stream().mapToInt(load -> load.preparedAndRefused()[1]).sum();
        say(run.windows().size() - 1 + " disturbances, " + run.fates().summary() + ", "
                + history.rows().size() + " finished, " + violations.size() + " violations");
        say(prepared + " transactions prepared and " + refused + " refused to be");
        run.segments().forEach(StressVerdict::say);
        say("at most " + HistoryChecker.mostRunningOfOneWorker(history) + " of " + StressJob.SLOTS
                + " slots in use; from commit to claim, outside disturbances and 3 s after the start and after each:");
        say("all: " + delays);
        say("committed within 250 ms of the enqueue: " + delays.prompt());
        delays.longest(EXPLAINED).forEach(delay -> say(delay.toString()));
        say("committed 250 ms or more after the enqueue: " + delays.late());
        delays.late().longest(EXPLAINED).forEach(delay -> say(delay.toString()));
    }

    static void say(String text) {
        System.out.println("stress: " + text);
    }

    /** The history of the first jobs that went wrong. */
    String explained() {
        StringBuilder text = new StringBuilder();
        violations.stream()
                .map(ID::matcher)
                .filter(Matcher::find)
                .map(matcher -> UUID.fromString(matcher.group()))
                .distinct()
                .limit(EXPLAINED)
                .forEach(id -> {
                    text.append("\njob ").append(id);
                    history.byJob()
                            .getOrDefault(id, List.of())
                            .forEach(event -> text.append("\n  ").append(event));
                });
        return text.toString();
    }
}
