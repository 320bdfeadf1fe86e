package io.penstock.dualwrite;

record Tenant(String name, String plan) {}
