/** Looks at queues and objectives, and tells of what is wrong with them: in every process, once for all. */
@NullMarked
package io.penstock.alert;

import org.jspecify.annotations.NullMarked;
