/** The standalone worker: its configuration, and the process around a {@code Worker}. Not API. */
@NullMarked
package io.penstock.process;

import org.jspecify.annotations.NullMarked;
