/**
 * What any worker does for all: promotion, schedules, rescue, floors, days. Not API.
 */
@NullMarked
package io.penstock.maintain;

import org.jspecify.annotations.NullMarked;
