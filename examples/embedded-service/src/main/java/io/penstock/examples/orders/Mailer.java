package io.penstock.examples.orders;

/** Whatever sends mail. Safe for use by many threads. */
@FunctionalInterface
interface Mailer {

    /**
     * Sends a mail.
     *
     * @param key the same for the same mail, so that one that is sent again can be recognised
     * @throws Exception if it was not sent, or nobody knows
     */
    void send(String key, String to, String text) throws Exception;
}
