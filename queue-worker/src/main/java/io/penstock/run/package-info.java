/**
 * Runs one attempt in one slot. Not API.
 */
@NullMarked
package io.penstock.run;

import org.jspecify.annotations.NullMarked;
