package io.penstock.dualwrite;

/** The order to compare all keys of both sides. */
record Reconcile(boolean repair) {}
