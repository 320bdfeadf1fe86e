/**
 * The entry point for services that enqueue: {@link io.penstock.JobQueue}.
 */
@NullMarked
package io.penstock;

import org.jspecify.annotations.NullMarked;
