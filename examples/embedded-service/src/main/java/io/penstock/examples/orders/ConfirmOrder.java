package io.penstock.examples.orders;

import io.penstock.job.JobType;

/** The payload of the one job of this service: which order is to be confirmed. */
record ConfirmOrder(long order) {

    static final JobType<ConfirmOrder> TYPE =
            JobType.of("confirm-order", ConfirmOrder.class).onQueue("orders");
}
