/** Handlers from jars, a class loader for each. Not API; what a plug-in implements is in {@code io.penstock.handler}. */
@NullMarked
package io.penstock.plugin;

import org.jspecify.annotations.NullMarked;
