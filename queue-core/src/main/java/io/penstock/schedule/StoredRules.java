package io.penstock.schedule;

import io.penstock.job.Checks;
import io.penstock.store.ScheduleStore.StoredRule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Rules as they are stored. A cron text that was declared in SQL is read here for the first time. */
final class StoredRules {

    private StoredRules() {}

    static StoredRule write(ScheduleRule rule) {
        if (rule instanceof Cron cron) {
            return new StoredRule(cron.text(), cron.zone().getId(), null, null);
        }
        FixedRate rate = (FixedRate) rule;
        return new StoredRule(null, null, rate.period().toMillis(), rate.anchor());
    }

    static ScheduleRule read(StoredRule rule) {
        String cron = rule.cron();
        if (cron != null) {
            return Cron.of(cron, zone(rule.zone()));
        }
        Long period = rule.everyMilliseconds();
        Instant anchor = rule.anchor();
        return new FixedRate(
                Duration.ofMillis(Checks.present("fixed rate period", period)),
                Checks.present("fixed rate anchor", anchor));
    }

    static ZoneId zone(@Nullable String name) {
        try {
            return ZoneId.of(Checks.present("cron zone", name));
        } catch (DateTimeException unknown) {
            throw Checks.refused("cron zone", "the name of a time zone", Checks.quoted(String.valueOf(name)));
        }
    }
}
