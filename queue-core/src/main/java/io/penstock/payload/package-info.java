/**
 * Payloads as JSON: the Jackson serialiser, and the checks on the text that any serialiser produced.
 */
@NullMarked
package io.penstock.payload;

import org.jspecify.annotations.NullMarked;
