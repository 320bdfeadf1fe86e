package io.penstock.plugin;

import io.penstock.handler.HandlerRegistration;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Outcome;

/** Runs a plug-in's handler with its own loader as the thread's, by which many libraries find their parts. */
record InItsLoader<P extends Record>(JobHandler<P> handler, ClassLoader loader) implements JobHandler<P> {

    static <P extends Record> HandlerRegistration<P> wrap(HandlerRegistration<P> registration, ClassLoader loader) {
        return new HandlerRegistration<>(
                registration.type(), new InItsLoader<>(registration.handler(), loader), registration.options());
    }

    @Override
    public Outcome handle(JobContext<P> context) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return handler.handle(context);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
