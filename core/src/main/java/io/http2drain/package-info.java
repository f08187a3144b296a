/**
 * Stops a Jetty server, or one of its connectors, without losing an HTTP/2 request.
 *
 * <p>Start with {@link io.http2drain.Drain}. Everything else that is public here is what {@code
 * Drain} is configured with ({@link io.http2drain.DrainPolicy}), what it reports ({@link
 * io.http2drain.DrainReport}), and the connection factories that it puts in place of Jetty's own.
 */
@NullMarked
package io.http2drain;

import org.jspecify.annotations.NullMarked;
