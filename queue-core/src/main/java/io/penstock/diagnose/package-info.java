/**
 * Examines a database, a login and its connection, and says of each what is wrong and what to do.
 */
@NullMarked
package io.penstock.diagnose;

import org.jspecify.annotations.NullMarked;
