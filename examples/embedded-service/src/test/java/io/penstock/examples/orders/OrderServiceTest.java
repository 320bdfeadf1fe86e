package io.penstock.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.junit.PenstockExtension;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service as it runs: over HTTP, with its worker beside it. */
class OrderServiceTest {

    @RegisterExtension
    static final PenstockExtension penstock = PenstockExtension.create();

    private final HttpClient client = HttpClient.newHttpClient();
    private OrderService service;

    @BeforeEach
    void start() throws Exception {
        service = OrderService.start(penstock.dataSource(), 0);
    }

    @AfterEach
    void close() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc", "jooq"})
    void anOrderIsPlacedAndConfirmed(String with) throws Exception {
        assertThat(post("customer=ada&cents=1999&with=" + with).body()).isEqualTo("order 1\n");
        Awaitility.await("confirmed")
                .atMost(Duration.ofSeconds(60))
                .until(() -> get("/orders/1").body().contains("confirmed=true"));
        Awaitility.await("counted")
                .atMost(Duration.ofSeconds(60))
                .until(() -> get("/metrics").body().contains("penstock_attempt_run"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cents=1 | customer: expected who orders, was ""
            customer=ada&cents=none | cents: expected a whole number above 0, was "none"
            customer=ada&cents=1&with=magic | with: expected jdbc or jooq, was "magic"
            """)
    void anOrderThatCannotBePlacedIsRefused(String form, String told) throws Exception {
        HttpResponse<String> refused = post(form);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo(told + "\n");
        assertThat(penstock.enqueued()).isEmpty();
    }

    @Test
    void whatIsNotThereIsToldWithWhatIs() throws Exception {
        assertThat(get("/orders/1").statusCode()).isEqualTo(404);
        assertThat(get("/none").body()).contains("expected POST /orders");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(service.uri().resolve(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String form) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(service.uri().resolve("/orders"))
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }
}
