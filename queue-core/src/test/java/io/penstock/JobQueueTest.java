package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.Enqueued;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class JobQueueTest {

    record Mail(String to, int size) {}

    private static final JobType<Mail> MAIL = JobType.of("mail", Mail.class).onQueue("mail");

    @Test
    void anEnqueuedJobIsAvailable(PenstockDatabase database) {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("mail", 2, 8, 1));

        Enqueued enqueued = queue.enqueue(MAIL.with(new Mail("a@example.org", 3)));

        assertThat(queue.find(enqueued.id())).get().satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.AVAILABLE);
            assertThat(job.queue()).isEqualTo("mail");
        });
    }
}
