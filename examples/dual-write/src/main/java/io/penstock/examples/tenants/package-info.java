/** A service whose tenants move from one cluster to another. */
@NullMarked
package io.penstock.examples.tenants;

import org.jspecify.annotations.NullMarked;
