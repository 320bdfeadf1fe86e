package io.penstock.examples.demo;

import io.penstock.examples.demo.DemoSettings.IngestVariant;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.file.Path;

/**
 * What the jobs call, on a free port of the loopback: the system that runbook steps act on, and the object store that
 * deliveries lie in. Answers take their seeded time by timers, so any number of them waits without a thread.
 */
final class LocalServices implements AutoCloseable {

    private static final String STEPS = "/runbook/steps/";
    private static final String OBJECTS = "/objects/";
    private static final int SLICES = 20;

    private final Vertx vertx;
    private final HttpServer server;
    private final CloudTrailFiles files;
    private final DemoSettings settings;

    private LocalServices(CloudTrailFiles files, DemoSettings settings) {
        this.files = files;
        this.settings = settings;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setInternalBlockingPoolSize(2)
                .setWorkerPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.server = vertx.createHttpServer().requestHandler(this::route);
    }

    static LocalServices start(CloudTrailFiles files, DemoSettings settings) {
        LocalServices services = new LocalServices(files, settings);
        services.server.listen(0, "127.0.0.1").await();
        return services;
    }

    URI step(int number) {
        return uri(STEPS + number);
    }

    /** Where a delivery lies. There are as many files as {@link Workload#FILES}; deliveries beyond that start again. */
    URI object(int delivery) {
        return uri(OBJECTS + delivery % Workload.FILES + "?delivery=" + delivery);
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.actualPort() + path);
    }

    private void route(HttpServerRequest request) {
        String path = request.path();
        if (path.startsWith(STEPS) && request.method().equals(HttpMethod.POST)) {
            step(request, Integer.parseInt(path.substring(STEPS.length())));
        } else if (path.startsWith(OBJECTS) && request.method().equals(HttpMethod.GET)) {
            object(request, Integer.parseInt(path.substring(OBJECTS.length())));
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private void step(HttpServerRequest request, int number) {
        int millis =
                Seeded.between(settings.seed(), "step", number, Workload.STEP_MILLIS_MIN, Workload.STEP_MILLIS_MAX);
        vertx.setTimer(
                millis,
                timer -> request.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .end("{\"step\":" + number + ",\"result\":\"ok\"}"));
    }

    private void object(HttpServerRequest request, int file) {
        Path path = files.path(file);
        if (settings.ingest() == IngestVariant.CPU) {
            request.response().sendFile(path.toString());
            return;
        }
        vertx.fileSystem()
                .readFile(path.toString())
                .onSuccess(content -> {
                    request.response().putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(content.length()));
                    pace(request, content, 1, downloadMillis(settings, Integer.parseInt(request.getParam("delivery"))));
                })
                .onFailure(failure -> request.response().setStatusCode(404).end());
    }

    /** How long the object store takes for a delivery. */
    static int downloadMillis(DemoSettings settings, int delivery) {
        return Seeded.between(
                settings.seed(), "download", delivery, Workload.DOWNLOAD_MILLIS_MIN, Workload.DOWNLOAD_MILLIS_MAX);
    }

    /** The n-th of the slices, at its part of the whole time. */
    private void pace(HttpServerRequest request, Buffer content, int slice, int millis) {
        long pause = (long) millis * slice / SLICES - (long) millis * (slice - 1) / SLICES;
        vertx.setTimer(pause, timer -> {
            int from = (int) ((long) content.length() * (slice - 1) / SLICES);
            int to = (int) ((long) content.length() * slice / SLICES);
            if (slice == SLICES) {
                request.response().end(content.slice(from, to));
            } else {
                request.response().write(content.slice(from, to));
                pace(request, content, slice + 1, millis);
            }
        });
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
