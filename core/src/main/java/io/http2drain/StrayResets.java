package io.http2drain;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Session.FrameListener;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;

/**
 * Lets a peer that was told to leave reset streams that it never opened, while it has requests in
 * flight.
 *
 * <p>RFC 9113 section 6.4 makes that a connection error, with which those requests are lost.
 * nghttpx (1.52) does it when a GOAWAY finds requests in its queue: it had given them stream ids,
 * sends them elsewhere, and resets the ids. It means no harm, and our GOAWAY brought it about.
 *
 * <p>Jetty asks before it fails the connection whether the stream is one that it has seen. So it is
 * made to see one, that is gone at once; the request in it reaches nobody. How many of these frames
 * a peer may send is Jetty's limit for resets.
 *
 * <p>For the one thread that parses at a time.
 */
final class StrayResets implements FrameListener {

  private final TrackedSession tracked;
  private int lastSeen;

  StrayResets(TrackedSession tracked) {
    this.tracked = tracked;
  }

  @Override
  public void onIncomingFrame(Session session, Frame frame) {
    if (frame instanceof HeadersFrame headers) {
      lastSeen = Math.max(lastSeen, headers.getStreamId());
    } else if (frame instanceof ResetFrame reset && isIdle(reset.getStreamId()) && hasRequests()) {
      see((HTTP2Session) session, reset.getStreamId());
    }
  }

  /** Whether the peer has not opened the stream. Its own streams have odd ids. */
  private boolean isIdle(int streamId) {
    return streamId % 2 == 1 && streamId > Math.max(lastSeen, tracked.gate().lastOpened());
  }

  /** Otherwise the connection error costs nobody anything, and stays. */
  private boolean hasRequests() {
    return tracked.gate().inFlight() > 0;
  }

  private void see(HTTP2Session session, int streamId) {
    int max = session.getMaxRemoteStreams();
    session.setMaxRemoteStreams(-1); // Beyond it, Jetty would answer with a reset.
    session.onHeaders(new NeverOpened(streamId));
    session.setMaxRemoteStreams(max);
    if (tracked.gate().isCut()) { // Meanwhile, perhaps: then there is no limit, see the cut.
      session.setMaxRemoteStreams(-1);
    }
    Stream stream = session.getStream(streamId);
    if (stream != null) {
      ((HTTP2Stream) stream).close();
      session.removeStream(stream);
    }
  }

  /** Stands for the request of a stream that was never opened. */
  static final class NeverOpened extends HeadersFrame {

    private NeverOpened(int streamId) {
      super(
          streamId,
          new MetaData.Request(
              HttpMethod.GET.asString(), HttpURI.from("/"), HttpVersion.HTTP_2, HttpFields.EMPTY),
          null,
          true);
    }
  }
}
