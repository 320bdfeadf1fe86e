/** The test kit for services: {@link io.penstock.junit.PenstockExtension}. */
@NullMarked
package io.penstock.junit;

import org.jspecify.annotations.NullMarked;
