package io.penstock.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.penstock.error.PenstockException;
import io.penstock.objective.Alert;
import io.penstock.objective.Objective;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.operate.AlertOperations;
import io.penstock.operate.ObjectiveOperations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How objectives are kept and which alerts are open, read from the database when somebody asks. What is not known is absent, which is not the same
 * as zero.
 */
final class ObjectiveGauges {

    private static final Logger log = LoggerFactory.getLogger(ObjectiveGauges.class);
    private static final int MOST_ALERTS = 1_000;

    private record Gauge(MultiGauge rows, ToDoubleFunction<ObjectiveStatus> value) {}

    private final ObjectiveOperations operations;
    private final AlertOperations alertOperations;
    private final List<Gauge> gauges = new ArrayList<>();
    private final MultiGauge alerts;
    private boolean failing;

    ObjectiveGauges(DataSource dataSource, MeterRegistry registry) {
        this.operations = ObjectiveOperations.unaudited(dataSource);
        this.alertOperations = AlertOperations.unaudited(dataSource);
        Map<String, ToDoubleFunction<ObjectiveStatus>> values = new LinkedHashMap<>();
        values.put("penstock.objective.target", status -> status.objective().target());
        values.put("penstock.objective.attainment", status -> status.period().attainment());
        values.put("penstock.objective.attainment.hour", status -> status.hour().attainment());
        values.put(
                "penstock.objective.error.budget.left",
                status -> status.period().total() == 0 ? Double.NaN : status.errorBudgetLeft());
        values.put("penstock.objective.burn.hour", ObjectiveStatus::burn);
        values.put("penstock.objective.head.age.seconds", ObjectiveStatus::headAge);
        values.put("penstock.objective.growth", ObjectiveStatus::growth);
        values.put("penstock.objective.predicted.wait.seconds", ObjectiveStatus::predictedWait);
        values.put("penstock.objective.time.to.breach.seconds", ObjectiveStatus::timeToBreach);
        values.put("penstock.objective.slots.needed", ObjectiveStatus::slotsNeeded);
        values.forEach(
                (name, value) -> gauges.add(new Gauge(MultiGauge.builder(name).register(registry), value)));
        this.alerts = MultiGauge.builder("penstock.alert.open")
                .description("1 for each alert that is open")
                .register(registry);
    }

    /** Reads them all. */
    synchronized void refresh() {
        try {
            List<ObjectiveStatus> statuses = operations.list();
            List<Alert> open = alertOperations.list(true, MOST_ALERTS);
            gauges.forEach(gauge -> gauge.rows().register(rows(statuses, gauge.value()), true));
            alerts.register(open.stream().map(ObjectiveGauges::row).toList(), true);
            failing = false;
        } catch (PenstockException failure) {
            gauges.forEach(gauge -> gauge.rows().register(List.of(), true));
            alerts.register(List.of(), true);
            if (!failing) {
                failing = true;
                log.warn("metrics go without objectives and alerts: {}", failure.getMessage());
            }
        }
    }

    OptionalInt slotsNeeded(String queue) {
        return operations.slotsNeeded(queue);
    }

    private static List<MultiGauge.Row<?>> rows(
            List<ObjectiveStatus> statuses, ToDoubleFunction<ObjectiveStatus> value) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (ObjectiveStatus status : statuses) {
            double now = value.applyAsDouble(status);
            if (!Double.isNaN(now)) {
                Objective objective = status.objective();
                String type = objective.type();
                rows.add(MultiGauge.Row.of(
                        Tags.of("queue", objective.queue(), "type", type == null ? "" : type, "kind", objective.kind()),
                        now));
            }
        }
        return rows;
    }

    private static MultiGauge.Row<?> row(Alert alert) {
        return MultiGauge.Row.of(
                Tags.of("rule", alert.rule(), "severity", alert.severity().word(), "subject", alert.subject()), 1);
    }
}
