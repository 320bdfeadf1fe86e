package io.penstock.process;

import io.penstock.handler.JobContext;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent;
import io.penstock.observe.WorkerEvent.AttemptStuck;
import io.penstock.observe.WorkerEvent.DatabaseLost;
import io.penstock.observe.WorkerListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees when going on would be limping: the virtual machine or the process is out of something, a loop of the worker has ended, or
 * as many threads are lost to handlers that do not return as there are slots. Counts what runs, too.
 */
final class FatalErrors implements JobMiddleware, WorkerListener, Thread.UncaughtExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(FatalErrors.class);
    private static final String NO_FILE = "Too many open files";
    private static final String OURS = "penstock-";

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
        } else if (event instanceof DatabaseLost lost && lost.error().contains(NO_FILE)) {
            told.accept(Fatal.EXHAUSTED, lost.part() + ": " + lost.error());
        }
    }

    /** Whatever ends a thread of the worker's own leaves something undone for ever. */
    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        if (ofTheMachine(failure) || thread.getName().startsWith(OURS)) {
            told.accept(Fatal.VIRTUAL_MACHINE, failure + " in thread " + thread.getName());
        } else {
            log.error("thread \"{}\" was ended by an error that nobody caught", thread.getName(), failure);
        }
    }

    /** A stack that ran over is the handler's own affair; any other such error is everybody's. */
    private static boolean ofTheMachine(Throwable failure) {
        return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
    }

    private void examine(JobContext<?> context, @Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            boolean noFile = cause instanceof IOException
                    && String.valueOf(cause.getMessage()).contains(NO_FILE);
            if (ofTheMachine(cause) || noFile) {
                told.accept(
                        noFile ? Fatal.EXHAUSTED : Fatal.VIRTUAL_MACHINE,
                        cause + " in the handler of job type " + context.type() + " in queue \"" + context.queue()
                                + "\"");
                return;
            }
            cause = cause.getCause();
        }
    }
}
