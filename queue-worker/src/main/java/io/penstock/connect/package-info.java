/**
 * A connection that is opened again when it is lost, saying so once. Not API.
 */
@NullMarked
package io.penstock.connect;

import org.jspecify.annotations.NullMarked;
