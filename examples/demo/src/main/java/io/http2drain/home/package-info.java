/** A jetty-home, its bases, and its processes: set up and stopped the way an operator does it. */
@NullMarked
package io.http2drain.home;

import org.jspecify.annotations.NullMarked;
