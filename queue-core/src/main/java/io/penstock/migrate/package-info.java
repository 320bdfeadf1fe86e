/**
 * Brings the schema to this version.
 */
@NullMarked
package io.penstock.migrate;

import org.jspecify.annotations.NullMarked;
