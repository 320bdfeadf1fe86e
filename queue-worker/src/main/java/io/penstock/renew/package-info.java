/**
 * Says that this worker lives, and hears who wakes it. Not API.
 */
@NullMarked
package io.penstock.renew;

import org.jspecify.annotations.NullMarked;
