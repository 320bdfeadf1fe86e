/** The file of a standalone worker: values with their places, overridden by the environment, each mistake with its line. Not API. */
@NullMarked
package io.penstock.configure;

import org.jspecify.annotations.NullMarked;
