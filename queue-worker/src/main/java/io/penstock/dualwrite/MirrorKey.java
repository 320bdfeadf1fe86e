package io.penstock.dualwrite;

/** The order to bring the other side whatever is kept for it of a key. */
record MirrorKey(String key) {}
