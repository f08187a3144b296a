/**
 * The drain of one HTTP/2 session as a pure state machine: events in, actions out; no Jetty, no
 * clock, no thread, no I/O.
 *
 * <p>{@link io.http2drain.protocol.AdmissionGate} decides for each stream, {@link
 * io.http2drain.protocol.SessionProtocol} decides for the session.
 */
@NullMarked
package io.http2drain.protocol;

import org.jspecify.annotations.NullMarked;
