package io.penstock.maintain;

import io.penstock.JobQueue;
import io.penstock.claim.QueueClaims;
import io.penstock.connect.Link;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.Events;
import io.penstock.store.ClaimedJob;
import io.penstock.store.WorkerStore;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A queue of its own for each test, claimed from step by step as a lane does it, on a clock that the test moves. */
abstract class ClaimingTest {

    record Nothing() {}

    private static int number;

    final JobType<Nothing> type = JobType.of("nothing", Nothing.class).onQueue("claimed-" + ++number);
    final PenstockDatabase database;
    final JobQueue jobQueue;
    final Link link;
    final FloorKeeper floors;
    final int queueId;
    long now = System.nanoTime();
    final QueueClaims claims;
    private long workerId;

    ClaimingTest(PenstockDatabase database) throws SQLException {
        this.database = database;
        this.jobQueue = database.jobQueue();
        jobQueue.declare(QueueDefinition.of(type.queue(), 0, 8, 1));
        this.link = new Link("test", database.dataSource(), new Events(List.of()));
        this.floors = new FloorKeeper(link);
        this.queueId = (int) database.number("SELECT queue_id FROM penstock.queue WHERE name = '" + type.queue() + "'");
        this.claims = new QueueClaims(queueId);
    }

    @BeforeEach
    void register() throws SQLException {
        workerId = link.inTransaction(connection -> WorkerStore.register(connection, "test", Duration.ofSeconds(15)));
        link.inTransaction(connection -> {
            claims.connected(connection, link.server());
            return workerId;
        });
    }

    @AfterEach
    void close() {
        link.close();
    }

    /** One look of maintenance, which moves the horizon. */
    Look look() throws SQLException {
        return look(Map.of());
    }

    Look look(Map<Integer, Long> dueFloors) throws SQLException {
        Look look = Look.take(link, 0, dueFloors);
        floors.run(look);
        return look;
    }

    /** One claim that commits, and time passing after it. */
    List<ClaimedJob> claimJobs(int wanted) throws SQLException {
        look();
        List<ClaimedJob> claimed = link.inTransaction((connection, pipeline) -> {
            claims.claim(
                    pipeline, connection, new QueueClaims.Request(floors.horizon(), workerId, wanted, now, Map.of()));
            pipeline.run(connection);
            return claims.claimed(connection);
        });
        claims.committed();
        now += 50_000_000L;
        return claimed;
    }
}
