package io.penstock.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.penstock.handler.HandlerOptions;
import io.penstock.job.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The status decides; nothing is reached that was not allowed; the connection goes to the address that was looked at. */
class HttpHandlerTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final String HOST = "hooks.example.org";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What a request carried. */
    private record Received(Map<String, List<String>> headers, String body) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().get(0))
                    .findFirst()
                    .orElse("");
        }
    }

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server;
    private volatile int status = 200;
    private volatile byte[] answer = new byte[0];
    private volatile Map<String, String> headers = Map.of();

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.createContext("/silent", exchange -> await());
        server.setExecutor(task -> new Thread(task).start());
        server.start();
    }

    @AfterEach
    void stopServer() {
        end.countDown();
        server.stop(0);
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        received.add(new Received(
                exchange.getRequestHeaders(),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        headers.forEach(exchange.getResponseHeaders()::add);
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : 0);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(answer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204})
    void successCompletes(int code) throws Exception {
        status = code;
        assertThat(handle("{\"n\": 1}")).isEqualTo(Outcome.completed());
        assertThat(received.take().body()).isEqualTo("{\"n\": 1}");
    }

    @Test
    void theRequestSaysWhichJobItIsForAndIsSigned() throws Exception {
        handle("{\"n\": 1}");
        Received request = received.take();
        String job = "00000000-0000-0001-0000-000000000002";
        assertThat(request.header("Idempotency-Key")).isEqualTo(job + "-3");
        assertThat(request.header("Penstock-Job")).isEqualTo(job);
        assertThat(request.header("Penstock-Attempt")).isEqualTo("4");
        assertThat(request.header("Penstock-Type")).isEqualTo("webhook");
        assertThat(request.header("Penstock-Queue")).isEqualTo("hooks");
        assertThat(request.header("Content-Type")).isEqualTo("application/json");
        assertThat(request.header("Penstock-Signature")).isEqualTo(SIGNATURE);
    }

    private static final String SIGNATURE =
            "t=1795521600,v1=fdd74800e2e314a674b22dcf1224b6a1b022a5af92b0198ab95c27474c07bdaf";

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 418})
    void whatMayBeBetterNextTimeFails(int code) throws Exception {
        status = code;
        answer = "try later".getBytes(StandardCharsets.UTF_8);
        assertThat(handle("{}")).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.error()).hasMessage("answered " + code + ": try later");
            assertThat(failed.retryAfter()).isNull();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "120, PT2M",
        "0, PT0S",
        "999999999, PT1H",
        "'Tue, 24 Nov 2026 12:00:30 GMT', PT30S",
        "'Tue, 24 Nov 2026 11:00:00 GMT', PT0S"
    })
    void retryAfterIsHeededUpToItsCap(String header, Duration delay) throws Exception {
        status = 503;
        headers = Map.of("Retry-After", header);
        assertThat(handle("{}"))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.retryAfter()).isEqualTo(delay));
    }

    @Test
    void aRetryAfterThatCannotBeReadIsLeftToTheRetryPolicy() throws Exception {
        status = 429;
        headers = Map.of("Retry-After", "soon");
        assertThat(handle("{}"))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.retryAfter()).isNull());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 410, 422})
    void whatWillBeTheSameNextTimeIsDiscarded(int code) throws Exception {
        status = code;
        answer = "no\nsuch order".getBytes(StandardCharsets.UTF_8);
        assertThat(handle("{}")).isEqualTo(Outcome.discarded("answered " + code + ": no such order"));
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        status = 307;
        headers = Map.of("Location", "http://169.254.169.254/latest");
        assertThat(handle("{}"))
                .isEqualTo(Outcome.discarded(
                        "answered 307, a redirect to http://169.254.169.254/latest, which is not followed"));
        assertThat(received).hasSize(1);
    }

    @Test
    void ofALongAnswerTheBeginningIsRead() throws Exception {
        status = 500;
        answer = "x".repeat(50 << 20).getBytes(StandardCharsets.UTF_8);
        assertThat(handle("{}"))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.error()).hasMessage("answered 500: " + "x".repeat(300) + "…"));
    }

    @Test
    void whoDoesNotAnswerInTimeFails() throws Exception {
        HttpHandler handler = handler("/silent", Duration.ofMillis(200), local(), true);
        assertThat(handler.handle(HttpJob.of("{}")))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.error())
                                .hasMessageContaining("no answer within 200 ms from " + HOST));
    }

    @Test
    void whoCannotBeReachedFails() throws Exception {
        server.stop(0);
        assertThatThrownBy(() -> handle("{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("post to " + HOST)
                .hasMessageContaining("address 127.0.0.1");
    }

    @Test
    void theNameIsLookedUpOnceAndTheConnectionGoesToThatAddress() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Resolver rebinding = host -> {
            assertThat(host).isEqualTo(HOST);
            return looks.incrementAndGet() == 1 ? local().addresses(host) : new InetAddress[] {address("192.0.2.1")};
        };
        assertThat(handler("/", PATIENCE, rebinding, true).handle(HttpJob.of("{}")))
                .isEqualTo(Outcome.completed());
        assertThat(looks).hasValue(1);
        assertThat(received.take().header("Host")).isEqualTo(HOST + ":" + port());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "0.0.0.0",
                "100.64.0.1",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::"
            })
    void anAddressThatIsNotPublicIsRefused(String address) throws Exception {
        Resolver resolver = host -> new InetAddress[] {address("93.184.215.14"), address(address)};
        assertThat(handler("/", PATIENCE, resolver, false).handle(HttpJob.of("{}")))
                .isInstanceOfSatisfying(
                        Outcome.Discarded.class,
                        discarded -> assertThat(discarded.reason())
                                .startsWith("host \"" + HOST + "\": expected public addresses, was ")
                                .contains("http.allow-private-addresses"));
        assertThat(received).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"})
    void aPublicAddressIsAllowed(String address) throws Exception {
        assertThat(AddressRule.notPublic(address(address))).isEmpty();
    }

    @Test
    void anAddressOfFourBytesInsideSixteenIsSeenForWhatItIs() throws Exception {
        byte[] mapped = new byte[16];
        mapped[0] = 0x20;
        mapped[1] = 0x02;
        mapped[2] = 10;
        assertThat(AddressRule.notPublic(InetAddress.getByAddress(mapped))).contains("private, inside an IPv6 one");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"url": "http://other.example.org/", "body": 1} | url: expected a host of http.allowed-hosts, was "other.example.org:80"
            {"url": "file:///etc/passwd", "body": 1} | url: expected http or https, was "file"
            {"url": "http://hooks.example.org@evil.example.org/", "body": 1} | url: expected a host, no user and no fragment
            {"url": "http://2130706433/", "body": 1} | url: expected a host of http.allowed-hosts
            {"url": "not a url", "body": 1} | url: expected a URL
            {"url": 1, "body": 1} | payload: expected
            {"url": "http://hooks.example.org/"} | payload: expected
            [] | payload: expected
            """)
    void aPayloadCannotReachAHostThatIsNotAllowed(String payload, String reason) throws Exception {
        assertThat(handler(null, PATIENCE, local(), true).handle(HttpJob.of(payload)))
                .isInstanceOfSatisfying(
                        Outcome.Discarded.class,
                        discarded -> assertThat(discarded.reason()).startsWith(reason));
        assertThat(received).isEmpty();
    }

    @Test
    void withoutAUrlOfItsOwnAnEndpointTakesThatOfThePayload() throws Exception {
        String payload = "{\"url\": \"http://" + HOST + ":" + port() + "/\", \"body\": {\"n\":1}}";
        assertThat(handler(null, PATIENCE, local(), true).handle(HttpJob.of(payload)))
                .isEqualTo(Outcome.completed());
        assertThat(received.take().body()).isEqualTo("{\"n\":1}");
    }

    private Outcome handle(String payload) throws Exception {
        return handler("/", PATIENCE, local(), true).handle(HttpJob.of(payload));
    }

    private HttpHandler handler(@Nullable String path, Duration timeout, Resolver resolver, boolean allowPrivate) {
        URI url = path == null ? null : URI.create("http://" + HOST + ":" + port() + path);
        return new HttpHandler(
                new HttpEndpoint(
                        "webhook", url, timeout, "secret", Set.of(418), Duration.ofHours(1), HandlerOptions.DEFAULT),
                new Targets(Set.of(HOST), allowPrivate, resolver),
                new Clients(HttpHandlerTest::tls),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static SSLContext tls() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Resolver local() {
        return host -> new InetAddress[] {address("127.0.0.1")};
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    private int port() {
        return server.getAddress().getPort();
    }
}
