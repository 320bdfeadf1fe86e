/** What befalls a worker, its server and the network between them: docs/FAULTS.md is the table of it. */
@NullMarked
package io.penstock.faults;

import org.jspecify.annotations.NullMarked;
