/**
 * A servlet application of the kind people run: requests that take long, stream, upload, echo and
 * push. It has no dependency beyond the Servlet API and does not know how its server stops.
 */
@NullMarked
package io.http2drain.example;

import org.jspecify.annotations.NullMarked;
