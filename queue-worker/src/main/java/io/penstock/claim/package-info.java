/**
 * Takes jobs from the store, from a floor. Not API.
 */
@NullMarked
package io.penstock.claim;

import org.jspecify.annotations.NullMarked;
