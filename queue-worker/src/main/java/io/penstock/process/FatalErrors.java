package io.penstock.process;

import io.penstock.handler.JobContext;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.AttemptStuck;
import io.penstock.observe.WorkerListener;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees when going on would be limping: the virtual machine is out of something, or as many threads are lost to handlers that do not
 * return as there are slots. Counts what runs, too.
 */
final class FatalErrors implements JobMiddleware, WorkerListener {

    private final int slots;
    private final BiConsumer<Fatal, String> told;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();

    FatalErrors(int slots, BiConsumer<Fatal, String> told) {
        this.slots = slots;
        this.told = told;
    }

    /** How many were interrupted and heeded it, since the start. */
    int interrupted() {
        return interrupted.get();
    }

    int running() {
        return running.get();
    }

    @Override
    public Outcome around(JobContext<?> context, Next next) throws Exception {
        running.incrementAndGet();
        try {
            Outcome outcome = next.run();
            examine(context, outcome instanceof Outcome.Failed failed ? failed.error() : null);
            return outcome;
        } catch (InterruptedException failure) {
            interrupted.incrementAndGet();
            throw failure;
        } catch (Throwable failure) {
            examine(context, failure);
            throw failure;
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public void on(WorkerEvent event) {
        if (event instanceof AttemptStuck stuck && stuck.stuck() >= slots) {
            told.accept(
                    Fatal.STUCK,
                    stuck.stuck()
                            + " threads, as many as there are slots, are lost to handlers that neither end in time nor heed an"
                            + " interrupt; the last is that of job type " + stuck.type() + " in queue \""
                            + stuck.queue() + "\"");
        }
    }

    /** A stack that ran over is the handler's own affair; any other such error is everybody's. */
    private void examine(JobContext<?> context, @Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
                told.accept(
                        Fatal.VIRTUAL_MACHINE,
                        cause + " in the handler of job type " + context.type() + " in queue \"" + context.queue()
                                + "\"");
                return;
            }
            cause = cause.getCause();
        }
    }
}
