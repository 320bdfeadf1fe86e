/**
 * The only place with SQL, split by step. Not API.
 */
@NullMarked
package io.penstock.store;

import org.jspecify.annotations.NullMarked;
