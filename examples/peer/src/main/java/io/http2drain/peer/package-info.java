/**
 * An HTTP/2 client of raw frames, independent of Jetty, that accounts for every stream it opens.
 *
 * <p>{@link io.http2drain.peer.RawPeer} is one connection under full control of its caller, {@link
 * io.http2drain.peer.LoadClient} is many of them under load.
 */
@NullMarked
package io.http2drain.peer;

import org.jspecify.annotations.NullMarked;
