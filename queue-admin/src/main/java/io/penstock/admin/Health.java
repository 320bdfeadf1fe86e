package io.penstock.admin;

import java.util.Optional;

/** How a process does besides its database. Asked on the event loop: answers from memory. Safe for use by many threads. */
public interface Health {

    /** Of a process that has nothing else to do. */
    Health WELL = new Health() {
        @Override
        public Optional<String> notLive() {
            return Optional.empty();
        }

        @Override
        public Optional<String> notReady() {
            return Optional.empty();
        }
    };

    /** Why only a restart would help, if so. */
    Optional<String> notLive();

    /** Why it takes no work at the moment, if so. */
    Optional<String> notReady();
}
