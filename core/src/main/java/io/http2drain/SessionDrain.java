package io.http2drain;

import io.http2drain.protocol.AdmissionGate;
import io.http2drain.protocol.SessionAction;
import io.http2drain.protocol.SessionProtocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.eclipse.jetty.http2.CloseState;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.CyclicTimeouts;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * The drain of one session: carries events to its {@link SessionProtocol}, and actions to Jetty.
 *
 * <p>Lock rule: the protocol decides under the lock; its actions are queued there and performed
 * outside of it, by one thread at a time and in their order. No method blocks: they are called by
 * selector, scheduler and pool threads.
 *
 * <p>Frames go out through {@link HTTP2Session#frames}, which leaves the session's own close state
 * alone: once Jetty knows of a GOAWAY it drops later streams in silence, and an idle timeout fails
 * the admitted ones.
 */
final class SessionDrain implements CyclicTimeouts.Expirable, LingeringEndPoint.Linger {

  private static final String FLOODED = "flood of refused streams";

  private final TrackedSession tracked;
  private final AtomicBoolean watching = new AtomicBoolean();
  private final AtomicInteger completed = new AtomicInteger();
  private final RefusedStreams refused = new RefusedStreams();

  private final AutoLock lock = new AutoLock();
  private final SessionProtocol protocol;
  private final ArrayDeque<SessionAction> actions = new ArrayDeque<>();
  private boolean acting;
  private boolean admissionEnded;
  private boolean ended; // As far as a run is concerned.
  private boolean waitsForOthers = true; // Before the PING.
  private boolean announcementWritten; // While it waits.
  private volatile DrainRun run; // Set under the lock.
  private volatile boolean bounded = true;
  private volatile long announcedAt = NanoTime.now();
  private volatile boolean givenUp;
  private volatile long expiresAt = SessionProtocol.NEVER;
  private volatile Account account = Account.COMPLETED;

  /** What a stream is counted as when it ends. */
  private enum Account {
    COMPLETED,
    /** The connection is gone, and not by our doing. */
    ABANDONED,
    /** Counted already, when it was cut. */
    CUT
  }

  SessionDrain(TrackedSession tracked, DrainRun run) {
    this.tracked = tracked;
    this.run = run;
    this.protocol = new SessionProtocol(run.sessionTimes());
  }

  /**
   * Tells the peer to leave, and no more: where many sessions are told, all of them are, before
   * what they answer costs the time of the others. To be followed by {@link #proceed}.
   */
  void begin() {
    on(
        p -> {
          if (ended) {
            return List.of(); // Undone already.
          }
          long now = NanoTime.now();
          if (tracked.isPrefaceComplete()) {
            p.settingsSent(now); // Not asked to leave yet, it has nothing to do.
          }
          return p.drain(now);
        });
  }

  /** The other sessions have been told, too. Does not throw. */
  void proceed() {
    boolean written;
    try (AutoLock ignored = lock.lock()) {
      waitsForOthers = false;
      written = announcementWritten;
    }
    fitIdleTimeout();
    if (written) {
      on(p -> p.announcementWritten(NanoTime.now()));
    }
  }

  private List<SessionAction> announcementWritten(SessionProtocol protocol) {
    if (waitsForOthers) {
      announcementWritten = true;
      return List.of();
    }
    return protocol.announcementWritten(NanoTime.now());
  }

  private void fitIdleTimeout() {
    try {
      tracked.fitIdleTimeout();
    } catch (Throwable x) { // The scheduler is dead, say.
      DrainLog.failed("set the idle timeout of", tracked, x);
    }
  }

  /**
   * Hands the session to another run, if its own yields to that, and it has not ended.
   *
   * @return whether it was handed over
   */
  boolean moveTo(DrainRun target) {
    DrainRun from;
    boolean admitting;
    try (AutoLock ignored = lock.lock()) {
      if (ended || !run.yieldsTo(target)) {
        return false;
      }
      target.sessionJoins(this);
      from = run;
      run = target;
      bounded = target.isBounded();
      admitting = !admissionEnded;
    }
    fitIdleTimeout();
    target.schedule(this);
    if (!admitting) {
      target.admissionEnded();
    }
    from.sessionLeft(this, admitting);
    requestEnded(); // If one has, meanwhile, the other run was told.
    return true;
  }

  /**
   * The drain is undone. What was told nothing yet lives on as before; what was told goes on
   * leaving, for that cannot be taken back, but in its own time: no deadline cuts it any more.
   *
   * @param unbounded the run of those
   */
  void undo(DrainRun unbounded) {
    DrainRun from;
    boolean stays;
    try (AutoLock ignored = lock.lock()) {
      from = run;
      if (ended || from.isStop()) {
        return;
      }
      stays = protocol.undo();
      if (stays) {
        ended = true;
        admissionEnded = true;
        expiresAt = protocol.expiresAt();
      }
    }
    if (stays) {
      tracked.undrain(this);
      fitIdleTimeout();
      from.sessionLeft(this, true);
    } else {
      moveTo(unbounded);
    }
  }

  /** From here on no deadline ends the session, but Jetty's idle timeouts do. */
  void unbind() {
    bounded = false;
    fitIdleTimeout();
  }

  boolean isBounded() {
    return bounded;
  }

  DrainRun run() {
    return run;
  }

  TrackedSession tracked() {
    return tracked;
  }

  Connector connector() {
    return tracked.connector();
  }

  void idle() {
    if (!bounded) {
      on(p -> p.idle());
    }
  }

  SessionState state() {
    try (AutoLock ignored = lock.lock()) {
      return switch (protocol.phase()) {
        case OPEN -> SessionState.OPEN;
        case ANNOUNCED -> SessionState.ANNOUNCED;
        case CUT -> SessionState.CUT;
        case CLOSING, CLOSED -> SessionState.CLOSING;
      };
    }
  }

  void settingsSent() {
    on(p -> p.settingsSent(NanoTime.now()));
  }

  void pingAcked(long payload) {
    on(p -> p.pingAcked(payload, NanoTime.now()));
  }

  /**
   * Looks at each frame from here on; to be called when there are streams, admitted or refused.
   * Without them there is no need: a peer can send for nothing until its connection closes, which
   * costs no more than to parse it, and nobody waits for its answers. It is not for free: to write
   * the frames of the drain, with somebody looking, is code that the JIT compiler has to make anew
   * while it runs.
   */
  void watchFrames() {
    if (watching.compareAndSet(false, true)) {
      tracked.session().addEventListener(new FloodWatch(tracked, this));
      tracked.session().addEventListener(new StrayResets(tracked));
    }
  }

  /** An admitted stream has ended; says nothing yet of whether others are left. */
  void streamClosed(Stream stream) {
    switch (account) {
      case COMPLETED -> {
        completed.incrementAndGet();
        run.account().completed(tracked, stream);
      }
      case ABANDONED -> run.account().abandoned(tracked, stream);
      case CUT -> {}
    }
  }

  /** The gate is cut, and the last admitted stream is through. What was pushed may be left. */
  void streamsDone() {
    boolean pushing = false;
    for (Stream stream : tracked.session().getStreams()) {
      if (stream.isLocal() && stream.getListener() == null) {
        ((HTTP2Stream) stream).setListener(new PushedStream());
      }
      // Asked after the listener is set: the end is seen here, or told there.
      pushing |= stream.isLocal() && !stream.isClosed();
    }
    if (pushing) {
      watchFrames();
    } else {
      on(p -> p.streamsDone(completed.get() > 0, NanoTime.now()));
    }
  }

  /** Jetty tells nobody of the end of what it pushes. */
  private final class PushedStream implements Stream.Listener {

    @Override
    public void onClosed(Stream stream) {
      streamsDone();
    }
  }

  /** The peer sends far more than it may for streams that are refused or done. */
  void flooded() {
    DrainLog.warn(
        "More than %d frames for streams that were refused or are done, from %s"
            .formatted(FloodWatch.ALLOWANCE, tracked));
    on(p -> p.flooded());
  }

  void timer() {
    on(p -> p.timer(NanoTime.now()));
  }

  void deadline() {
    if (bounded) {
      on(p -> p.deadline(NanoTime.now()));
    }
  }

  void connectionLost() {
    if (account == Account.COMPLETED) {
      account = Account.ABANDONED;
    }
  }

  /** Jetty fails the streams, sends a GOAWAY with the reason, and closes the connection. */
  void failed() {
    on(p -> p.failed(NanoTime.now()));
  }

  /** The peer has sent a GOAWAY: Jetty takes no more streams from it, in silence. */
  void goAwayReceived() {
    if (!tracked.gate().isCut()) {
      on(SessionProtocol::peerLeaves);
    } else if (isPeerLeaving()) {
      GoAwayFrame last = goAway(tracked.gate().cut(), ErrorCode.NO_ERROR, null);
      tracked.session().goAway(last, Callback.NOOP);
    }
  }

  /**
   * Jetty closes the connection: its peer has said GOAWAY, too, and no stream is left.
   *
   * @return whether that is left to us; false when there is nothing that the peer could still read
   */
  boolean sessionEnded() {
    if (account != Account.COMPLETED) {
      return false;
    }
    tracked.gate().cut();
    admissionEnded();
    on(p -> p.sessionEnded(NanoTime.now()));
    return true;
  }

  void disconnected() {
    on(SessionProtocol::disconnected);
    ended();
  }

  @Override
  public void peerClosed() {
    on(SessionProtocol::peerClosed);
  }

  @Override
  public void pingAcked() {
    pingAcked(pingPayload());
  }

  @Override
  public void received() {
    if (tracked.gate().lastAdmitted() > 0) { // Otherwise there is nothing that it could be reading.
      on(p -> p.received(NanoTime.now()));
    }
  }

  /**
   * Ends a stream that came after the cut. The answer goes past Jetty's reset, which would count
   * against the session's rate control and end the admitted streams with it.
   */
  void refuse(HTTP2Stream stream) {
    run.account().refused(tracked, stream);
    refused.add(stream);
    boolean answer;
    try (AutoLock ignored = lock.lock()) {
      answer = protocol.refuse();
    }
    if (answer) {
      Frame refusal = new ResetFrame(stream.getId(), ErrorCode.REFUSED_STREAM_ERROR.code);
      send(List.of(refusal), p -> p.refusalWritten(NanoTime.now()));
    }
  }

  /** To be called when {@link #hasRequests} may be no longer so. */
  void requestEnded() {
    run.requestEnded(this);
  }

  /** Whether a request of this session may still arrive, or is in flight. */
  boolean hasRequests() {
    return !tracked.gate().isCut() || tracked.requestsInFlight() > 0;
  }

  @Override
  public long getExpireNanoTime() {
    return expiresAt;
  }

  private void on(Function<SessionProtocol, List<SessionAction>> event) {
    try {
      boolean act;
      try (AutoLock ignored = lock.lock()) {
        actions.addAll(event.apply(protocol));
        expiresAt = protocol.expiresAt();
        act = !acting && !actions.isEmpty();
        acting |= act;
      }
      run.schedule(this);
      if (act) {
        act();
      }
    } catch (Throwable x) {
      DrainLog.failed("go on draining", tracked, x);
      if (!givenUp) { // Once: memory that is out stays out.
        givenUp = true;
        disconnect();
      }
    }
  }

  private void act() {
    while (true) {
      SessionAction action;
      try (AutoLock ignored = lock.lock()) {
        action = actions.poll();
        if (action == null) {
          acting = false;
          return;
        }
      }
      try {
        DrainLog.debug(action, tracked);
        perform(action);
      } catch (Throwable x) {
        DrainLog.failed("perform " + action + " on", tracked, x);
        disconnect();
      }
    }
  }

  private void perform(SessionAction action) {
    switch (action) {
      case ANNOUNCE -> announce();
      case PING -> ping();
      case CUT -> cut();
      case CALM -> calm();
      case HALF_CLOSE -> halfClose();
      case CANCEL -> cancel();
      case DISCONNECT -> disconnect();
    }
  }

  private void announce() {
    if (tracked.gate().inFlight() > 0) {
      watchFrames();
    }
    announcedAt = NanoTime.now();
    run.journal().announced(tracked);
    send(List.of(GoAwayFrame.GRACEFUL), this::announcementWritten);
  }

  private void ping() {
    send(List.of(new PingFrame(pingPayload(), false)), p -> p.pingWritten());
  }

  private void cut() {
    AdmissionGate.Cut cut = tracked.gate().cut();
    // Streams beyond are ours to refuse: too many refusals of Jetty's own end the session.
    tracked.session().setMaxRemoteStreams(-1);
    run.journal().cut(tracked, cut);
    admissionEnded();
    GoAwayFrame last = goAway(cut, ErrorCode.NO_ERROR, null);
    Callback written = callback(p -> p.goAwayWritten(NanoTime.now()));
    if (isPeerLeaving()) {
      tracked.session().goAway(last, written);
    } else {
      tracked.session().frames(null, List.of(last), written);
    }
    if (cut.inFlight() == 0) {
      streamsDone();
    }
  }

  private void halfClose() {
    run.journal().finSent(tracked);
    tracked.endPoint().halfClose(this, pingPayload());
  }

  private void calm() {
    GoAwayFrame goAway = goAway(tracked.gate().cut(), ErrorCode.ENHANCE_YOUR_CALM_ERROR, FLOODED);
    send(List.of(goAway), p -> p.goAwayWritten(NanoTime.now()));
  }

  /**
   * Whether the peer has sent GOAWAY(2^31-1) and no other. When the other comes, Jetty answers with
   * the last stream that it has seen, admitted or not, unless it knows of a GOAWAY that was sent.
   */
  private boolean isPeerLeaving() {
    return tracked.session().getCloseState() == CloseState.REMOTELY_CLOSED;
  }

  private void cancel() {
    AdmissionGate.Cut cut = tracked.gate().cut();
    admissionEnded();
    account = Account.CUT;
    List<Frame> frames = new ArrayList<>();
    // Those of tunnels stay among them when they are closed (jetty#15657).
    List<Stream> streams =
        tracked.session().getStreams().stream()
            .filter(stream -> !stream.isClosed())
            .filter(stream -> stream.isLocal() || stream.getId() <= cut.lastAdmitted())
            .toList();
    for (Stream stream : streams) {
      // CANCEL, never REFUSED_STREAM: the request was run, at least in part (RFC 9113 section 8.7).
      frames.add(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code));
    }
    frames.add(
        isFlooded()
            ? goAway(cut, ErrorCode.ENHANCE_YOUR_CALM_ERROR, FLOODED)
            : goAway(cut, ErrorCode.NO_ERROR, "drain timeout"));
    run.account().cut(tracked, streams);
    send(frames, SessionProtocol::lastWordsWritten);
  }

  /** Ends the connection, and everything on it, at once. */
  void disconnect() {
    try {
      tracked.endPoint().disconnect();
      // Jetty learns of the close through a pool thread, and the pool may be full of threads that
      // wait for these very streams: fail them here.
      LifeCycle.stop(tracked.session());
    } catch (Throwable x) {
      DrainLog.failed("stop", tracked, x);
    } finally {
      tracked.closed();
    }
  }

  private void admissionEnded() {
    DrainRun current;
    try (AutoLock ignored = lock.lock()) {
      if (admissionEnded) {
        return;
      }
      admissionEnded = true;
      current = run;
    }
    current.admissionEnded();
    requestEnded();
  }

  private void ended() {
    admissionEnded();
    DrainRun current;
    try (AutoLock ignored = lock.lock()) {
      if (ended) {
        return;
      }
      ended = true;
      current = run;
    }
    current.journal().closed(tracked, NanoTime.millisSince(announcedAt));
    current.sessionClosed(this);
  }

  private boolean isFlooded() {
    try (AutoLock ignored = lock.lock()) {
      return protocol.isFlooded();
    }
  }

  private long pingPayload() {
    try (AutoLock ignored = lock.lock()) {
      return protocol.pingPayload();
    }
  }

  private void send(List<Frame> frames, Function<SessionProtocol, List<SessionAction>> written) {
    tracked.session().frames(null, frames, callback(written));
  }

  private Callback callback(Function<SessionProtocol, List<SessionAction>> written) {
    return Callback.from(InvocationType.NON_BLOCKING, () -> on(written), x -> writeFailed());
  }

  /** Jetty makes a failure of the session of it; but not after a GOAWAY of the peer. */
  private void writeFailed() {
    if (tracked.session().getCloseState() == CloseState.CLOSING) {
      connectionLost();
      on(SessionProtocol::writeFailed);
    }
  }

  private static GoAwayFrame goAway(
      AdmissionGate.Cut cut, ErrorCode error, @Nullable String reason) {
    byte[] debugData = reason == null ? null : reason.getBytes(StandardCharsets.US_ASCII);
    return new GoAwayFrame(cut.lastAdmitted(), error.code, debugData);
  }

  @Override
  public String toString() {
    try (AutoLock ignored = lock.lock()) {
      return protocol.toString();
    }
  }
}
