package io.http2drain;

import org.eclipse.jetty.http2.HTTP2Session.FrameListener;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.StreamFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;

/**
 * Counts what a client sends during a drain for nothing: frames on streams that were refused, and
 * credit and DATA for those that are done.
 *
 * <p>Such frames are no fault as such: the client may have sent them before it knew. Each costs the
 * time to parse it and no memory, so they are bounded by their number: beyond {@link #ALLOWANCE}
 * the session is ended with ENHANCE_YOUR_CALM, once its admitted streams have had their time.
 *
 * <p>For the one thread that parses at a time.
 */
final class FloodWatch implements FrameListener {

  /** 2^20 frames: as DATA of usual size 16 GB. */
  static final int ALLOWANCE = 1 << 20;

  private final TrackedSession tracked;
  private final SessionDrain drain;
  private int frames;

  FloodWatch(TrackedSession tracked, SessionDrain drain) {
    this.tracked = tracked;
    this.drain = drain;
  }

  @Override
  public void onIncomingFrame(Session session, Frame frame) {
    if (isForNothing(session, frame) && ++frames == ALLOWANCE + 1) {
      drain.flooded();
    }
  }

  private boolean isForNothing(Session session, Frame frame) {
    if (frame instanceof StreamFrame streamFrame) {
      int streamId = streamFrame.getStreamId();
      return tracked.isRefused(streamId)
          || (frame instanceof DataFrame && session.getStream(streamId) == null);
    }
    return frame instanceof WindowUpdateFrame update
        && update.getStreamId() > 0
        && session.getStream(update.getStreamId()) == null;
  }
}
