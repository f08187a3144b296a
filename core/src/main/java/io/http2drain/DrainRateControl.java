package io.http2drain;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;

/**
 * The rate control of a session: Jetty's own, but for what a drain brings about.
 *
 * <p>Jetty counts DATA and WINDOW_UPDATE on a stream that is closed as events, and ends the session
 * with ENHANCE_YOUR_CALM when there are more than 128 a second. A client that sent an upload before
 * it heard of the cut would so end the streams that were admitted; one that still reads its last
 * answer, and credits frame by frame, would lose the rest of it. During a drain those frames are
 * {@link FloodWatch}'s to count. Everything else is, as ever, Jetty's to judge: resets, PINGs,
 * SETTINGS, empty DATA.
 *
 * <p>It is also where Jetty tells of a stream that it refuses itself.
 */
final class DrainRateControl implements RateControl {

  private final RateControl rateControl;
  private final TrackedSession session;

  private DrainRateControl(RateControl rateControl, TrackedSession session) {
    this.rateControl = rateControl;
    this.session = session;
  }

  /** Wraps what the given factory makes. */
  static RateControl.Factory factory(RateControl.Factory factory) {
    return factory instanceof Factory ? factory : new Factory(factory);
  }

  @Override
  public boolean onEvent(Object event) {
    if (event instanceof ResetFrame reset) {
      seeRefusal(reset);
    }
    return isOfTheDrain(event) || rateControl.onEvent(event);
  }

  /** A stream that the peer opened, with an odd id, is one more than Jetty allows. */
  private void seeRefusal(ResetFrame reset) {
    boolean refused = reset.getError() == ErrorCode.REFUSED_STREAM_ERROR.code;
    if (refused && reset.getStreamId() % 2 == 1) {
      session.gate().turnedAway(reset.getStreamId());
    }
  }

  private boolean isOfTheDrain(Object event) {
    if (!session.isDraining()) {
      return false;
    }
    if (event instanceof DataFrame data) {
      boolean counts = data.flowControlLength() > 0 || data.isEndStream();
      return counts && session.isRefused(data.getStreamId());
    }
    return event instanceof WindowUpdateFrame update && update.getWindowDelta() > 0;
  }

  /**
   * @param delegate the factory that was configured
   */
  record Factory(RateControl.Factory delegate) implements RateControl.Factory {

    @Override
    public RateControl newRateControl(EndPoint endPoint) {
      RateControl rateControl = delegate.newRateControl(endPoint);
      return endPoint instanceof LingeringEndPoint lingering
          ? new DrainRateControl(rateControl, lingering.tracked())
          : rateControl;
    }
  }
}
