/**
 * One event per transition, where it happens; metrics and logs subscribe.
 */
@NullMarked
package io.penstock.observe;

import org.jspecify.annotations.NullMarked;
