package io.penstock.alert;

import io.penstock.objective.Alert;
import io.penstock.objective.Severity;
import io.penstock.objective.Spans;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line for each alert, and one for its end. */
final class AlertLog implements AlertListener {

    private static final Logger log = LoggerFactory.getLogger(AlertLog.class);

    @Override
    public void opened(Alert alert) {
        if (alert.severity() == Severity.PAGE) {
            log.error("alert {}: {}; {}", alert.key(), alert.sentence(), alert.advice());
        } else {
            log.warn("alert {}: {}; {}", alert.key(), alert.sentence(), alert.advice());
        }
    }

    @Override
    public void resolved(Alert alert) {
        Duration lasted = Duration.between(alert.openedAt(), alert.lastTrueAt());
        log.info("alert {} is over, it lasted {}", alert.key(), Spans.words(lasted));
    }
}
