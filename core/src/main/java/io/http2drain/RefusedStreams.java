package io.http2drain;

import java.util.ArrayDeque;
import org.eclipse.jetty.http2.CloseState;
import org.eclipse.jetty.http2.HTTP2Stream;

/**
 * Streams of one session that were refused.
 *
 * <p>One whose client still sends stays in Jetty's session until it has ended, with nobody
 * listening: its DATA is read and credited, its trailers do no harm (RFC 9113 section 5.1: frames
 * may come after an RST_STREAM was sent). When there are too many, the oldest goes.
 *
 * <p>Not thread-safe: for the one thread that parses at a time.
 */
final class RefusedStreams {

  /** As many as a client may have open, by default. */
  private static final int MAX = 128;

  private final ArrayDeque<HTTP2Stream> sending = new ArrayDeque<>();

  void add(HTTP2Stream stream) {
    if (stream.isRemotelyClosed()) {
      drop(stream);
      return;
    }
    stream.updateClose(true, CloseState.Event.AFTER_SEND);
    sending.addLast(stream);
    if (sending.size() > MAX) {
      drop(sending.removeFirst());
    }
  }

  private static void drop(HTTP2Stream stream) {
    stream.close();
    stream.getSession().removeStream(stream);
  }
}
