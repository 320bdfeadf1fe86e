package io.penstock.transaction;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What is to happen in one transaction, as a whole or not at all. What it throws rolls everything back. */
@FunctionalInterface
public interface TransactionWork<T extends @Nullable Object> {
    T apply(Transaction transaction) throws SQLException;
}
