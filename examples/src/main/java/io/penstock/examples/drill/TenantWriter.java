package io.penstock.examples.drill;

/** Writes a tenant's row to A and to B, in its own way. Safe for use by many threads. */
interface TenantWriter extends AutoCloseable {

    /**
     * Writes; returns when that has succeeded.
     *
     * @throws Exception if it has not, and the caller is told so
     */
    void write(String key, long number) throws Exception;

    /** The same for the write that meets the fault. */
    void writeInto(Form form, String key, long number, FaultPoint point) throws Exception;

    @Override
    void close();

    /** Where the fault is made. Returns when it is. */
    @FunctionalInterface
    interface FaultPoint {
        void reached() throws Exception;
    }
}
