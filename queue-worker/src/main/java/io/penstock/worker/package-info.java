/**
 * The embeddable worker: {@link io.penstock.worker.Worker}, the one place where the steps are wired.
 */
@NullMarked
package io.penstock.worker;

import org.jspecify.annotations.NullMarked;
