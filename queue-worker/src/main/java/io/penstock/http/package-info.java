/** The built-in handler that posts a job's payload to a URL. Not API. */
@NullMarked
package io.penstock.http;

import org.jspecify.annotations.NullMarked;
