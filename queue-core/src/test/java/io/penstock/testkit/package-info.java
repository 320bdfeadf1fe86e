/** A real PostgreSQL for tests and for the demo, a fresh database per test class, and the history checker. */
@NullMarked
package io.penstock.testkit;

import org.jspecify.annotations.NullMarked;
