package io.penstock.handover;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one thread wait until another has something for it. A signal given early is not lost; two count as one. */
public final class Signal {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private boolean pending;

    public void give() {
        lock.lock();
        try {
            pending = true;
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the signal if it was given: what it was given for is about to be looked at. */
    public void take() {
        lock.lock();
        try {
            pending = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a signal, at most for the time given, and takes it. Answers whether there was one. */
    public boolean await(long nanoseconds) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanoseconds;
            while (!pending && left > 0) {
                left = given.awaitNanos(left);
            }
            boolean wasGiven = pending;
            pending = false;
            return wasGiven;
        } finally {
            lock.unlock();
        }
    }

    public void await(long time, TimeUnit unit) throws InterruptedException {
        await(unit.toNanos(time));
    }
}
