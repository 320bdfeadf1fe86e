/**
 * The operator's command line: what {@link io.penstock.operate} does, with a table for people and one JSON document for scripts.
 * A command finds its database in the environment of the process.
 */
@NullMarked
package io.penstock.admin.cli;

import org.jspecify.annotations.NullMarked;
