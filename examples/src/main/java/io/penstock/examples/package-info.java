/** The one runnable jar: {@link io.penstock.examples.Main} and its commands. */
@NullMarked
package io.penstock.examples;

import org.jspecify.annotations.NullMarked;
