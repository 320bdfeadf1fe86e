package io.penstock.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A client for each host. The URL that it is given has an address in place of the name, so it looks nothing up; the name goes into the
 * Host header and into the TLS handshake, where the certificate is checked against it. (From Java 18 on a resolver could be installed
 * instead, for the whole JVM.)
 */
final class Clients {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final String RESTRICTED = "jdk.httpclient.allowRestrictedHeaders";

    static {
        if (System.getProperty(RESTRICTED) == null) {
            System.setProperty(RESTRICTED, "host");
        }
    }

    private final Supplier<SSLContext> newTls;
    private final Map<String, HttpClient> clients = new ConcurrentHashMap<>();

    /**
     * Clients without connections yet.
     *
     * @param newTls called for each host: a context remembers sessions by address, and one that another host of the same address has
     *     begun would be gone on with, its certificate checked against that other name only
     */
    Clients(Supplier<SSLContext> newTls) {
        this.newTls = newTls;
        try {
            HttpRequest.newBuilder(URI.create("http://127.0.0.1/"))
                    .header("Host", "penstock")
                    .build();
        } catch (IllegalArgumentException restricted) {
            throw new IllegalStateException(
                    "http handler: expected to be allowed to set the Host header, was not, for this JVM made requests before; start it"
                            + " with -D" + RESTRICTED + "=host",
                    restricted);
        }
    }

    /** As many as there are allowed hosts, at most. */
    HttpClient of(String host) {
        return clients.computeIfAbsent(host, this::make);
    }

    private HttpClient make(String host) {
        SSLContext tls = newTls.get();
        SSLParameters parameters = tls.getDefaultSSLParameters();
        if (!host.matches("[0-9.]+|\\[.*]")) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(CONNECT)
                .sslContext(tls)
                .sslParameters(parameters)
                .build();
    }
}
