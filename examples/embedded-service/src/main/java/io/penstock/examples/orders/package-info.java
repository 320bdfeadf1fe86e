/**
 * A small service to copy from: orders are stored with their jobs in one transaction, and confirmed by a worker in the same process.
 * Begin with {@link io.penstock.examples.orders.OrderService}.
 */
@NullMarked
package io.penstock.examples.orders;

import org.jspecify.annotations.NullMarked;
