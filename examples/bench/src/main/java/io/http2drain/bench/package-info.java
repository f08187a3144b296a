/** What a drain costs, and how fast it is: measured beside stock Jetty, in pairs. */
@NullMarked
package io.http2drain.bench;

import org.jspecify.annotations.NullMarked;
