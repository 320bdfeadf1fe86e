/**
 * What passes between the steps. Not API.
 */
@NullMarked
package io.penstock.handover;

import org.jspecify.annotations.NullMarked;
