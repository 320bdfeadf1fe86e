package io.penstock.http;

import io.penstock.configure.Section;
import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerRegistration;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import java.net.InetAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The {@code http} section of a worker's file: a job type for each endpoint. */
public final class HttpHandlers {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofHours(1);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofDays(7);
    private static final int MOST_HOSTS = 100;

    /** The attempt's own timeout comes after the exchange's, so that what is kept says which host did not answer. */
    private static final Duration AFTER_EXCHANGE = Duration.ofSeconds(30);

    private HttpHandlers() {}

    public static List<HandlerRegistration<?>> read(Section section) {
        Set<String> hosts = section.texts("allowed-hosts").stream()
                .map(host -> host.toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        if (hosts.size() > MOST_HOSTS) {
            section.mistake("allowed-hosts", "expected at most " + MOST_HOSTS + " hosts, was " + hosts.size());
        }
        Targets targets = new Targets(hosts, section.flag("allow-private-addresses", false), InetAddress::getAllByName);
        Section endpoints = section.section("endpoints");
        List<HttpEndpoint> read = new ArrayList<>();
        for (String type : endpoints.names()) {
            read.add(endpoint(type, endpoints.section(type), targets));
        }
        return read.isEmpty() ? List.of() : registrations(endpoints, read, targets);
    }

    private static HttpEndpoint endpoint(String type, Section section, Targets targets) {
        Optional<String> url = section.text("url");
        return new HttpEndpoint(
                type,
                url.map(text -> url(section, text, targets)).orElse(null),
                section.duration("timeout", DEFAULT_TIMEOUT, Duration.ofMillis(1), LONGEST_TIMEOUT),
                section.secret("secret").orElse(null),
                statuses(section),
                section.duration("longest-retry-after", DEFAULT_RETRY_AFTER, Duration.ZERO, LONGEST_RETRY_AFTER),
                section.retry("retry"));
    }

    private static @Nullable URI url(Section section, String text, Targets targets) {
        try {
            URI url = URI.create(text);
            targets.wrong(url).ifPresent(wrong -> section.mistake("url", wrong));
            return url;
        } catch (IllegalArgumentException malformed) {
            section.mistake("url", "expected a URL, was something else: " + malformed.getMessage());
            return null;
        }
    }

    private static Set<Integer> statuses(Section section) {
        Set<Integer> statuses = new TreeSet<>();
        for (String text : section.texts("retry-on")) {
            if (text.matches("4[0-9]{2}")) {
                statuses.add(Integer.valueOf(text));
            } else {
                section.mistake("retry-on", "expected statuses from 400 to 499, was " + text);
            }
        }
        return statuses;
    }

    private static List<HandlerRegistration<?>> registrations(
            Section endpoints, List<HttpEndpoint> read, Targets targets) {
        Clients clients = new Clients(HttpHandlers::newTls);
        List<HandlerRegistration<?>> registrations = new ArrayList<>();
        for (HttpEndpoint endpoint : read) {
            try {
                registrations.add(new HandlerRegistration<>(
                        JobType.of(endpoint.type(), JsonText.class),
                        new HttpHandler(endpoint, targets, clients, Clock.systemUTC()),
                        endpoint.retry().timeout(endpoint.timeout().plus(AFTER_EXCHANGE))));
            } catch (RefusedException refused) {
                endpoints.mistake(endpoint.type(), String.valueOf(refused.getMessage()));
            }
        }
        return registrations;
    }

    /** As the JVM's default one, and not the same. */
    private static SSLContext newTls() {
        try {
            return SSLContext.getInstance("Default");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this Java has no TLS", impossible);
        }
    }
}
