package io.penstock.observe;

import io.penstock.observe.WorkerEvent.AttemptStuck;
import io.penstock.observe.WorkerEvent.BatchFailing;
import io.penstock.observe.WorkerEvent.BatchGivenUp;
import io.penstock.observe.WorkerEvent.BatchHeld;
import io.penstock.observe.WorkerEvent.DatabaseBack;
import io.penstock.observe.WorkerEvent.DatabaseLost;
import io.penstock.observe.WorkerEvent.GuaranteesMet;
import io.penstock.observe.WorkerEvent.GuaranteesShort;
import io.penstock.observe.WorkerEvent.HeavyQueuesGiveWay;
import io.penstock.observe.WorkerEvent.HeavyQueuesRestored;
import io.penstock.observe.WorkerEvent.JobsRescued;
import io.penstock.observe.WorkerEvent.QueueClaimedAgain;
import io.penstock.observe.WorkerEvent.QueueFailing;
import io.penstock.observe.WorkerEvent.QueueRecovered;
import io.penstock.observe.WorkerEvent.QueueUnclaimed;
import io.penstock.observe.WorkerEvent.ScheduleFailing;
import io.penstock.observe.WorkerEvent.ScheduleRecovered;
import io.penstock.observe.WorkerEvent.StaleEndingRefused;
import io.penstock.observe.WorkerEvent.StrictLimitOverlapped;
import io.penstock.observe.WorkerEvent.StuckAttemptEnded;
import io.penstock.observe.WorkerEvent.TicksSkipped;
import io.penstock.observe.WorkerEvent.TransactionEnded;
import io.penstock.observe.WorkerEvent.WorkerFenced;
import io.penstock.observe.WorkerEvent.WorkerLost;
import io.penstock.observe.WorkerEvent.WorkerStarted;
import io.penstock.observe.WorkerEvent.WorkerStopped;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per change of state, for the person on call. Nothing per job: that is what metrics are for. */
public final class EventLog implements WorkerListener {

    private static final int STACK_FRAMES = 10;
    private static final Logger log = LoggerFactory.getLogger("io.penstock.worker");

    @Override
    public void on(WorkerEvent event) {
        if (event instanceof WorkerStarted started) {
            log.info("worker \"{}\" runs as number {}", started.worker(), started.workerId());
        } else if (event instanceof WorkerStopped stopped) {
            log.info("worker \"{}\" has stopped", stopped.worker());
        } else if (event instanceof WorkerFenced fenced) {
            log.warn(
                    "worker \"{}\" (number {}) did not beat in time and was taken for dead; its jobs run elsewhere, it"
                            + " goes on under a new number. Look for long pauses of this process or its network",
                    fenced.worker(),
                    fenced.workerId());
        } else if (event instanceof StrictLimitOverlapped overlapped) {
            log.warn(
                    "queue \"{}\": up to {} handlers go on although their slots of its strict limit are others' now; they are"
                            + " interrupted, and their outcomes will be refused. Check what they did outside the database",
                    overlapped.queue(),
                    overlapped.running());
        } else if (event instanceof WorkerLost lost) {
            log.warn(
                    "worker \"{}\" (number {}) is lost: {}; its jobs are made available again",
                    lost.worker(),
                    lost.workerId(),
                    lost.sessionGone() ? "its session is gone" : "it has not beaten within its lease");
        } else if (event instanceof JobsRescued rescued) {
            log.info("{} jobs of the lost worker number {} were rescued", rescued.jobs(), rescued.workerId());
        } else if (event instanceof StaleEndingRefused stale) {
            log.warn(
                    "queue \"{}\": {} of type {} no longer owned its job, its outcome was refused",
                    stale.queue(),
                    stale.attempt(),
                    stale.type());
        } else if (event instanceof AttemptStuck stuck) {
            log.warn(
                    "queue \"{}\": the handler of {} of type {} goes on after {} ms although its time was over and it was"
                            + " interrupted; its job failed, its slot has another thread, {} threads are lost so far. It was"
                            + " at {}",
                    stuck.queue(),
                    stuck.attempt(),
                    stuck.type(),
                    stuck.run().toMillis(),
                    stuck.stuck(),
                    stuck.stack().stream().limit(STACK_FRAMES).toList());
        } else if (event instanceof StuckAttemptEnded ended) {
            log.info(
                    "queue \"{}\": the handler of {}, given up before, returned after {} ms; {} threads are lost",
                    ended.queue(),
                    ended.attempt(),
                    ended.run().toMillis(),
                    ended.stuck());
        } else if (event instanceof QueueFailing failing) {
            log.warn(
                    "queue \"{}\" cannot be claimed from, trying again with back-off: {}",
                    failing.queue(),
                    failing.error());
        } else if (event instanceof QueueRecovered recovered) {
            log.info("queue \"{}\" can be claimed from again", recovered.queue());
        } else if (event instanceof QueueUnclaimed unclaimed) {
            log.warn(
                    "queue \"{}\" has had work for {} s that this worker does not start: {}",
                    unclaimed.queue(),
                    unclaimed.unclaimed().toSeconds(),
                    unclaimed.cause());
        } else if (event instanceof QueueClaimedAgain again) {
            log.info("queue \"{}\": its work is started again", again.queue());
        } else if (event instanceof TicksSkipped skipped) {
            log.info(
                    "schedule \"{}\": ticks from {} until before {} had passed and are skipped",
                    skipped.schedule(),
                    skipped.from(),
                    skipped.before());
        } else if (event instanceof ScheduleFailing failing) {
            log.warn(
                    "schedule \"{}\" cannot be fired, trying again every few seconds: {}",
                    failing.schedule(),
                    failing.error());
        } else if (event instanceof ScheduleRecovered recovered) {
            log.info("schedule \"{}\" fires again", recovered.schedule());
        } else if (event instanceof BatchHeld held) {
            log.warn(
                    "batch {}: its next step, of type {}, waits for job {}, which was discarded or cancelled; run that again"
                            + " once its cause is mended, else the batch is given up when the job is no longer kept",
                    held.batch(),
                    held.step(),
                    held.job());
        } else if (event instanceof BatchGivenUp givenUp) {
            log.warn(
                    "batch {}: job {}, which held it, is no longer kept; its next step, of type {}, will not be enqueued",
                    givenUp.batch(),
                    givenUp.job(),
                    givenUp.step());
        } else if (event instanceof BatchFailing failing) {
            log.warn(
                    "batch {}: its next step, of type {}, cannot be enqueued, trying again: {}",
                    failing.batch(),
                    failing.step(),
                    failing.error());
        } else if (event instanceof GuaranteesShort missing) {
            log.warn(
                    "the queues are guaranteed {} slots more than the {} workers have, which is {} with their headroom: each"
                            + " gets its part. Start workers, or lower guarantees by \"penstock queues budget\"",
                    missing.missing(),
                    missing.workers(),
                    missing.slots());
        } else if (event instanceof GuaranteesMet) {
            log.info("the guarantees of all queues fit the workers again");
        } else if (event instanceof HeavyQueuesGiveWay give) {
            log.warn(
                    "an alert is open for a queue that is not heavy, so heavy queues give way: the weights of the others count {} times as much."
                            + " \"penstock alerts list\" says which alert, \"penstock queues list\" which queues",
                    give.times());
        } else if (event instanceof HeavyQueuesRestored) {
            log.info("heavy queues no longer give way: every weight counts as it is set");
        } else if (event instanceof TransactionEnded ended) {
            log.warn(
                    "session {} of \"{}\": its transaction was open for {} s, {}, expected it to end before that; the session was ended and its"
                            + " transaction undone. Its process is stopped, cut off or stuck",
                    ended.processId(),
                    ended.application(),
                    ended.open().toSeconds(),
                    ended.state());
        } else if (event instanceof DatabaseLost lost) {
            log.warn("{}: the database is not to be had, trying again with back-off: {}", lost.part(), lost.error());
        } else if (event instanceof DatabaseBack back) {
            log.info("{}: the database is back", back.part());
        }
    }
}
