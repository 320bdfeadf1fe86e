/**
 * Who may run next: one pure policy, and the permits that it governs. Not API.
 */
@NullMarked
package io.penstock.dispatch;

import org.jspecify.annotations.NullMarked;
