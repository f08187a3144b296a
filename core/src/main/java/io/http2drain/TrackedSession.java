package io.http2drain;

import io.http2drain.protocol.AdmissionGate;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of each HTTP/2 session while nothing drains: the gate that its streams pass, and its
 * place in the registry.
 *
 * <p>The path of a stream, {@link #admit} and {@link #streamClosed}, takes no lock and allocates
 * nothing. Everything that a drain needs besides is in {@link SessionDrain}, which exists only
 * during one.
 */
final class TrackedSession {

  private final SessionRegistry registry;
  private final Connector connector;
  private final LingeringEndPoint endPoint;
  private final AdmissionGate gate = new AdmissionGate();
  private final long id;
  private volatile @Nullable String remoteAddress;
  private @Nullable HTTP2Session session;
  private volatile boolean prefaceComplete;
  private volatile @Nullable SessionDrain drain;
  private volatile @Nullable Set<Integer> tunnels; // Made by the first that opens.
  private volatile boolean over;

  TrackedSession(SessionRegistry registry, Connector connector, LingeringEndPoint endPoint) {
    this.registry = registry;
    this.connector = connector;
    this.endPoint = endPoint;
    this.id = registry.nextId();
  }

  /** Names the session for as long as the process lives. */
  long id() {
    return id;
  }

  /**
   * Of the peer, as {@code host:port}; kept from the first time on, for a closed socket has none.
   */
  String remoteAddress() {
    String known = remoteAddress;
    if (known == null) {
      known = RemoteAddress.of(endPoint);
      remoteAddress = known;
    }
    return known;
  }

  /** Where it is on its way out. */
  SessionState state() {
    SessionDrain current = drain;
    return current == null ? SessionState.OPEN : current.state();
  }

  /** The admitted streams that have not ended, those of tunnels among them. */
  List<Stream> streams() {
    HTTP2Session opened = session;
    return opened == null
        ? List.of()
        : opened.getStreams().stream()
            .filter(stream -> !stream.isClosed() && !stream.isLocal())
            .filter(stream -> !isRefused(stream.getId()))
            .toList();
  }

  /** The connection is open: the session can be found from here on. */
  void opened(Session opened) {
    session = (HTTP2Session) opened;
    registry.opened(this);
  }

  /** The peer's SETTINGS has come, and ours is queued before everything that follows. */
  void prefaceComplete() {
    if (prefaceComplete) {
      return;
    }
    prefaceComplete = true;
    SessionDrain current = drain;
    if (current != null) {
      current.settingsSent();
    }
  }

  boolean isPrefaceComplete() {
    return prefaceComplete;
  }

  /**
   * Admits a stream that the peer opened, or refuses it: then it is answered here, and is gone.
   *
   * @return whether the stream is to be served
   */
  boolean admit(HTTP2Stream stream) {
    boolean admitted = gate.admit(stream.getId());
    // After the gate: a drain that begins sees the stream, or is seen here.
    SessionDrain current = drain;
    if (current != null) {
      current.watchFrames();
      if (!admitted) { // Nothing but a drain closes the gate.
        current.refuse(stream);
      }
    }
    return admitted;
  }

  /**
   * The request of a stream is answered, and what ends it from here on is a tunnel's matter. For
   * any thread; the stream may be closed already.
   */
  synchronized void tunnelOpened(Stream stream) {
    Set<Integer> ids = tunnels;
    if (ids == null) {
      ids = ConcurrentHashMap.newKeySet();
      tunnels = ids;
    }
    ids.add(stream.getId());
    if (stream.isClosed()) { // Its end was noted before, or is about to be.
      tunnelClosed(stream, ids);
    }
    SessionDrain current = drain;
    if (current != null) {
      current.requestEnded();
    }
  }

  private static void tunnelClosed(Stream stream, Set<Integer> ids) {
    HTTP2Stream http2Stream = (HTTP2Stream) stream;
    if (ids.remove(stream.getId()) && !http2Stream.isResetOrFailed()) {
      // Jetty keeps the stream, and whatever its client still sends (jetty#15657). With nobody
      // listening that is read and credited.
      http2Stream.setListener(null);
    }
  }

  /** How many streams in flight are not tunnels. */
  int requestsInFlight() {
    Set<Integer> ids = tunnels;
    return gate.inFlight() - (ids == null ? 0 : ids.size());
  }

  /** An admitted stream has ended, and nothing of it is left to be written. */
  void streamClosed(Stream stream) {
    Set<Integer> ids = tunnels;
    if (ids != null) {
      tunnelClosed(stream, ids);
    }
    SessionDrain current = drain;
    if (current != null) {
      current.streamClosed(stream);
    }
    // The gate comes last: the count of the streams must be right when the last one is through.
    boolean last = gate.complete();
    SessionDrain after = drain; // It may have begun since.
    if (after != null) {
      if (last) {
        after.streamsDone();
      }
      after.requestEnded();
    }
  }

  void pingAcked(long payload) {
    SessionDrain current = drain;
    if (current != null) {
      current.pingAcked(payload);
    }
  }

  void goAwayReceived() {
    SessionDrain current = drain;
    if (current != null) {
      current.goAwayReceived();
    }
  }

  /** The connection failed, or the peer closed it while streams were in flight. */
  void failed(Throwable failure) {
    SessionDrain current = drain;
    if (current == null || over) {
      return;
    }
    current.connectionLost();
    // Of a peer that said GOAWAY before its FIN, the requests that it sent in full are still
    // answered.
    if (!(failure instanceof ClosedChannelException)) {
      current.failed();
    }
  }

  /**
   * Jetty closes the connection.
   *
   * @return whether the drain does, in its own time
   */
  boolean lingersInsteadOfClosing() {
    SessionDrain current = drain;
    return current != null && current.sessionEnded();
  }

  /**
   * Jetty is done with the session. Its connection is gone as well, but where we linger: there the
   * close is ours.
   */
  void closed() {
    SessionDrain current;
    synchronized (this) {
      over = true;
      current = drain;
    }
    registry.closed(this); // After the flag: the session may be opening on another thread.
    if (current != null && !endPoint.isOpen()) {
      current.disconnected();
    }
  }

  /**
   * Makes the drain of this session, unless there is one.
   *
   * @return the new drain; null when there was one already, or the session is over
   */
  synchronized @Nullable SessionDrain newDrain(DrainRun run) {
    if (drain != null || over) {
      return null;
    }
    SessionDrain made = new SessionDrain(this, run);
    run.sessionJoins(made); // Before the drain can be seen, and end.
    drain = made;
    return made;
  }

  @Nullable SessionDrain drain() {
    return drain;
  }

  /** The session stays, after all. */
  synchronized void undrain(SessionDrain undone) {
    if (drain == undone) {
      drain = null;
    }
  }

  synchronized boolean isOver() {
    return over;
  }

  boolean isDraining() {
    return drain != null;
  }

  /** Whether a deadline bounds the session's time, so that no idle timeout need do it. */
  boolean isBounded() {
    SessionDrain current = drain;
    return current != null && current.isBounded();
  }

  /**
   * Switches Jetty's idle timeout off while a deadline bounds the session, for it does not always
   * ask before it times out; and on again. To be called when either may have changed.
   */
  void fitIdleTimeout() {
    synchronized (endPoint) { // Jetty's setter is for one thread at a time; nobody else locks this.
      endPoint.setIdleTimeout(isBounded() ? -1 : connector.getIdleTimeout());
    }
  }

  /** Nothing has come from the peer for as long as Jetty lets a connection be idle. */
  void idle() {
    SessionDrain current = drain;
    if (current != null) {
      current.idle();
    }
  }

  /** Whether frames on this stream belong to one that was refused. */
  boolean isRefused(int streamId) {
    return drain != null && gate.isCut() && streamId > gate.lastAdmitted();
  }

  AdmissionGate gate() {
    return gate;
  }

  Connector connector() {
    return connector;
  }

  LingeringEndPoint endPoint() {
    return endPoint;
  }

  HTTP2Session session() {
    HTTP2Session opened = session;
    if (opened == null) {
      throw new IllegalStateException("session: not open");
    }
    return opened;
  }

  @Override
  public String toString() {
    SessionDrain current = drain;
    return endPoint.getRemoteSocketAddress()
        + "{"
        + gate
        + (current == null ? "" : "," + current)
        + "}";
  }
}
