/** Runs commands of the machine for jobs: those that the worker's own file lists, and no others. Not API. */
@NullMarked
package io.penstock.exec;

import org.jspecify.annotations.NullMarked;
