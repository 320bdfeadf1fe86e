package io.penstock.examples.tenants;

/** A customer, as the service knows it wherever it is stored. */
public record Tenant(String name, String plan) {}
