/** The admin endpoint: health and metrics over HTTP, on the loopback only. */
@NullMarked
package io.penstock.admin;

import org.jspecify.annotations.NullMarked;
