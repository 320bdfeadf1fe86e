package io.penstock.examples.demo;

import io.penstock.examples.demo.Workload.Delivery;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Ingests one delivery: fetches its file, unpacks and parses it, looks up what it concerns, and writes its records. */
final class DeliveryHandler implements JobHandler<Delivery> {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final LocalServices services;
    private final HttpClient client;
    private final DataSource dataSource;
    private final CpuBurden burden;

    DeliveryHandler(LocalServices services, HttpClient client, DataSource dataSource, CpuBurden burden) {
        this.services = services;
        this.client = client;
        this.dataSource = dataSource;
        this.burden = burden;
    }

    @Override
    public Outcome handle(JobContext<Delivery> context) throws IOException, InterruptedException, SQLException {
        int delivery = context.payload().number();
        byte[] packed = fetch(delivery);
        List<CloudTrailRecord> records = burden.repeat(delivery, () -> parse(packed));
        try (Connection connection = dataSource.getConnection()) {
            for (int index = 0; index < Workload.LOOK_UPS; index++) {
                DeliveryTables.lookUp(connection, resource(records.get(index)));
            }
            DeliveryTables.insert(connection, delivery, records);
            context.complete(connection);
            connection.commit();
        }
        return Outcome.completed();
    }

    private byte[] fetch(int delivery) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(services.object(delivery)).build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("delivery " + delivery + ": expected status 200, was " + response.statusCode());
        }
        return response.body();
    }

    static List<CloudTrailRecord> parse(byte[] packed) throws IOException {
        try (InputStream stream = new GZIPInputStream(new ByteArrayInputStream(packed), 1 << 14)) {
            return JSON.readValue(stream, CloudTrailRecord.File.class).records();
        }
    }

    /** The resource that a record is about, as the look-up table spells it. */
    private static String resource(CloudTrailRecord record) {
        int number = Math.floorMod(record.eventID().hashCode(), Workload.RESOURCES);
        return "arn:aws:ec2:us-east-1:%d:instance/i-%08d".formatted(112_233_445_566L + 7_919L * (number % 24), number);
    }
}
