/**
 * Bounded transactions over a DataSource, and what PostgreSQL's errors mean. Not API.
 */
@NullMarked
package io.penstock.database;

import org.jspecify.annotations.NullMarked;
