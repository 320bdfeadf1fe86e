package io.penstock.exec;

import io.penstock.handler.HandlerPlugin;
import io.penstock.handler.HandlerRegistration;
import io.penstock.handler.PluginSettings;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import java.util.ArrayList;
import java.util.List;

/** A job type {@code exec/NAME} for each command. Nothing at all unless the file says {@code enabled: true}. */
public final class ExecPlugin implements HandlerPlugin {

    static final String TYPE_PREFIX = "exec/";

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public Iterable<HandlerRegistration<?>> handlers(PluginSettings settings) {
        boolean enabled = settings.flag("enabled", false);
        ExecSettings read = ExecSettings.read(settings);
        if (!enabled) {
            return List.of();
        }
        if (read.commands().isEmpty()) {
            throw settings.refused("commands", "at least one, as exec is enabled", "none");
        }
        List<HandlerRegistration<?>> handlers = new ArrayList<>();
        read.commands()
                .forEach((name, command) -> handlers.add(new HandlerRegistration<>(
                        JobType.of(TYPE_PREFIX + name, JsonText.class),
                        new ExecHandler(name, command, read),
                        read.retry().timeout(read.timeout()))));
        return handlers;
    }
}
