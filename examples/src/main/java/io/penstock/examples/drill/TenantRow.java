package io.penstock.examples.drill;

/** What is written of a tenant: the number of the write. */
public record TenantRow(long number) {}
