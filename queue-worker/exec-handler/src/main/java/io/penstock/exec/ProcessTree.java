package io.penstock.exec;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A command with all that it has started. Those are looked for again and again while it runs: a process whose parent has ended belongs
 * to nobody any more, and is only known if it was seen before.
 */
final class ProcessTree {

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    /** Shorter than a worker that stops waits for those whom it has interrupted: then nothing is left when it exits. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final int MOST_ROUNDS = 100;

    private final Process root;
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

    ProcessTree(Process root) {
        this.root = root;
    }

    /** Waits for the command itself. */
    int await() throws InterruptedException {
        while (!root.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            look();
        }
        return root.exitValue();
    }

    private void look() {
        seen.removeIf(process -> !process.isAlive());
        root.descendants().forEach(seen::add);
        for (ProcessHandle process : Set.copyOf(seen)) {
            process.descendants().forEach(seen::add);
        }
    }

    /** Asks all to end, and ends those that do not within a second. Returns when none is left; heeds no interrupt. */
    void end() {
        boolean interrupted = Thread.interrupted();
        look();
        root.toHandle()
                .destroy(); // by its handle: the process itself would close its output, which is still being read
        seen.forEach(ProcessHandle::destroy);
        long until = System.nanoTime() + GRACE.toNanos();
        while (alive() && System.nanoTime() < until) {
            interrupted |= pause();
        }
        for (int round = 0; alive() && round < MOST_ROUNDS; round++) {
            look(); // one that forked while it was being killed has left another
            seen.forEach(ProcessHandle::destroyForcibly);
            root.toHandle().destroyForcibly();
            interrupted |= pause();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean alive() {
        look();
        return root.isAlive() || !seen.isEmpty();
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
            return false;
        } catch (InterruptedException interrupted) {
            return true;
        }
    }
}
