package io.penstock.examples.orders;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.penstock.JobQueue;
import org.jooq.DSLContext;
import org.jooq.Field;

/** Orders are placed with jOOQ: the job is enqueued with the configuration that the transaction's lambda is given. */
final class JooqOrders {

    private static final Field<Long> ORDER_ID = field("order_id", Long.class);
    private static final Field<String> CUSTOMER = field("customer", String.class);
    private static final Field<Long> CENTS = field("cents", Long.class);

    private final DSLContext jooq;
    private final JobQueue queue;

    JooqOrders(DSLContext jooq, JobQueue queue) {
        this.jooq = jooq;
        this.queue = queue;
    }

    /** Stores the order and its job, or neither; answers the order's number. */
    long place(String customer, long cents) {
        return jooq.transactionResult(transaction -> {
            long order = transaction
                    .dsl()
                    .insertInto(table("orders"), CUSTOMER, CENTS)
                    .values(customer, cents)
                    .returningResult(ORDER_ID)
                    .fetchSingle()
                    .value1();
            queue.enqueue(transaction, ConfirmOrder.TYPE.with(new ConfirmOrder(order)));
            return order;
        });
    }
}
