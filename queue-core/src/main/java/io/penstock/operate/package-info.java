/**
 * What an operator does: looks at queues and jobs, holds queues back, and cancels, discards, edits and runs again what is
 * there, one job at a time or by filter. For services, the admin endpoint and the command line alike.
 */
@NullMarked
package io.penstock.operate;

import org.jspecify.annotations.NullMarked;
