/**
 * Writes how attempts ended, in batches. Not API.
 */
@NullMarked
package io.penstock.complete;

import org.jspecify.annotations.NullMarked;
