/** What commands that measure share: a database that goes away again, and the file that the figures go to. */
@NullMarked
package io.penstock.examples.setup;

import org.jspecify.annotations.NullMarked;
