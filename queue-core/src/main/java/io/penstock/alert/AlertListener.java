package io.penstock.alert;

import io.penstock.objective.Alert;

/** Is told of alerts, by the process that saw them first, after that is stored; of those that are silenced, not at all. Called on the watch's thread. */
public interface AlertListener {

    /** Something is wrong. */
    void opened(Alert alert);

    /** It has not been so for two minutes. */
    default void resolved(Alert alert) {}
}
