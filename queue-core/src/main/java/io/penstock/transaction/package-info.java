/** Transactions that Penstock opens, and what bounds them. */
@NullMarked
package io.penstock.transaction;

import org.jspecify.annotations.NullMarked;
