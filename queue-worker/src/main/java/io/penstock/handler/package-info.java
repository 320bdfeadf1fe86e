/**
 * What a service implements: {@link io.penstock.handler.JobHandler}, and what it is given.
 */
@NullMarked
package io.penstock.handler;

import org.jspecify.annotations.NullMarked;
