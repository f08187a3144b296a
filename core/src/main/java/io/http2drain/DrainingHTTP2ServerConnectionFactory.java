package io.http2drain;

import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link HTTP2ServerConnectionFactory} whose sessions a {@link Drain} can bring to a lossless end.
 *
 * <p>{@link Drain#install} puts it in place of Jetty's own; there is no need to make one by hand.
 */
public class DrainingHTTP2ServerConnectionFactory extends HTTP2ServerConnectionFactory {

  private static final Logger LOG =
      LoggerFactory.getLogger(DrainingHTTP2ServerConnectionFactory.class);

  private final SessionRegistry registry;

  DrainingHTTP2ServerConnectionFactory(
      SessionRegistry registry, HttpConfiguration configuration, String... protocols) {
    super(configuration, protocols);
    this.registry = registry;
    // It would send its own GOAWAYs when the server stops. It stays what it also is, the listener
    // that
    // starts and stops the sessions.
    removeBean(getBean(SessionContainer.class));
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return super.newConnection(connector, new LingeringEndPoint(registry, connector, endPoint));
  }

  @Override
  protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
    return new SessionListener(this, (LingeringEndPoint) endPoint);
  }

  @Override
  public RateControl.Factory getRateControlFactory() {
    return DrainRateControl.factory(super.getRateControlFactory());
  }

  /** What Jetty tells of a session and its streams, passed on to its {@link TrackedSession}. */
  static final class SessionListener extends HTTPServerSessionListener {

    private final TrackedSession tracked;

    SessionListener(HTTP2ServerConnectionFactory factory, LingeringEndPoint endPoint) {
      Objects.requireNonNull(factory).super(endPoint);
      this.tracked = endPoint.tracked();
    }

    @Override
    public void onAccept(Session session) {
      tracked.opened(session);
      super.onAccept(session);
    }

    @Override
    public void onSettings(Session session, SettingsFrame frame) {
      super.onSettings(session, frame);
      tracked.prefaceComplete();
    }

    @Override
    public void onPing(Session session, PingFrame frame) {
      super.onPing(session, frame);
      tracked.pingAcked(frame.getPayloadAsLong());
    }

    @Override
    public void onGoAway(Session session, GoAwayFrame frame) {
      super.onGoAway(session, frame);
      tracked.goAwayReceived();
    }

    @Override
    public Stream.@Nullable Listener onNewStream(Stream stream, HeadersFrame frame) {
      if (frame instanceof StrayResets.NeverOpened || !admit(stream)) {
        return null;
      }
      try {
        return super.onNewStream(stream, frame);
      } catch (Throwable x) {
        // Jetty would only log it, and leave the stream open for ever.
        LOG.warn("Could not serve {}", stream, x);
        stream.reset(new ResetFrame(stream.getId(), ErrorCode.INTERNAL_ERROR.code), Callback.NOOP);
        return this;
      }
    }

    /**
     * A request whose header is bad; it is answered with a 4xx, so it is admitted like any other.
     */
    @Override
    public void onStreamFailure(Stream stream, Throwable failure, Callback callback) {
      if (admit(stream)) {
        super.onStreamFailure(stream, failure, callback);
      } else {
        callback.succeeded();
      }
    }

    private boolean admit(Stream stream) {
      HTTP2Stream http2Stream = (HTTP2Stream) stream;
      if (!tracked.admit(http2Stream)) {
        return false;
      }
      // Jetty sets the listener only after the request was handed on, and for a bad one not at all;
      // it
      // must not miss the end of a stream that is quick.
      http2Stream.setListener(this);
      return true;
    }

    @Override
    public void onClosed(Stream stream) {
      super.onClosed(stream);
      tracked.streamClosed(stream);
    }

    // The drain has its own times: no idle timeout may end a stream that it waits for; and Jetty's
    // close would name another last stream than ours.

    @Override
    public boolean onIdleTimeout(Session session) {
      if (!tracked.isDraining()) {
        return super.onIdleTimeout(session);
      }
      tracked.idle();
      return false;
    }

    @Override
    public void onIdleTimeout(Stream stream, TimeoutException x, Promise<Boolean> promise) {
      if (tracked.isBounded()) {
        promise.succeeded(false);
      } else {
        super.onIdleTimeout(stream, x, promise);
      }
    }

    @Override
    public void onFailure(Session session, Throwable failure, Callback callback) {
      tracked.failed(failure);
      super.onFailure(session, failure, callback);
    }

    @Override
    public void onClose(Session session, GoAwayFrame frame, Callback callback) {
      tracked.closed();
      super.onClose(session, frame, callback);
    }
  }
}
