package io.http2drain;

import io.http2drain.protocol.SessionTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.io.CyclicTimeouts;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One drain, of a whole server or of some of its connectors: its sessions, its clock and its
 * account.
 *
 * <p>{@link #admissionDone()} and {@link #done()} complete when the last session has passed the
 * cut, and when the last one is closed; each by the deadline. Their dependents run on whatever
 * thread closes the last session and must not block.
 */
final class DrainRun {

  private static final Logger LOG = LoggerFactory.getLogger(DrainRun.class);

  /** How long the last frames of a forced end may take to leave. */
  private static final long LAST_WORDS_MILLIS = 200;

  private static final long MIN_SWEEP_MILLIS = 100;

  private final DrainPolicy policy;
  private final SessionTimes sessionTimes;
  private final Scheduler scheduler;
  private final Timeouts timeouts;
  private final long begin = NanoTime.now();
  private final Set<SessionDrain> sessions = ConcurrentHashMap.newKeySet();

  private final List<ConnectorEndPoints> endPoints = new CopyOnWriteArrayList<>();
  private final CompletableFuture<DrainReport> done = new CompletableFuture<>();
  private final CompletableFuture<Void> shutdownFuture = done.thenAccept(report -> {});
  private final LongAdder completed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder abandoned = new LongAdder();
  private final LongAdder cut = new LongAdder();

  private final AutoLock lock = new AutoLock();
  private final List<String> cutStreams = new ArrayList<>();
  private CompletableFuture<Void> admissionDone = new CompletableFuture<>();
  private int joined;
  // Both begin at one, held by whoever adds connectors: neither can reach zero meanwhile.
  private int admitting = 1;
  private int open = 1;

  DrainRun(DrainPolicy policy, Scheduler scheduler) {
    this.policy = policy;
    this.sessionTimes =
        new SessionTimes(
            TimeUnit.MILLISECONDS.toNanos(policy.pingTimeout()),
            TimeUnit.MILLISECONDS.toNanos(policy.linger()),
            TimeUnit.MILLISECONDS.toNanos(LAST_WORDS_MILLIS));
    this.scheduler = scheduler;
    this.timeouts = new Timeouts(scheduler);
  }

  /** Starts the clock. */
  void start() {
    scheduler.schedule(this::deadline, policy.timeout(), TimeUnit.MILLISECONDS);
    scheduler.schedule(this::closeIdle, policy.linger(), TimeUnit.MILLISECONDS);
  }

  /**
   * Holds the run open for more connectors, until {@link #release}.
   *
   * @return false when the run is over, and a new one is needed
   */
  boolean retain() {
    try (AutoLock ignored = lock.lock()) {
      if (open == 0) {
        return false;
      }
      open++;
      if (admitting++ == 0) {
        admissionDone = new CompletableFuture<>();
      }
      return true;
    }
  }

  /** Undoes {@link #retain}, or the hold that a new run begins with. */
  void release() {
    admissionEnded();
    closed();
  }

  /** The connections of a connector that are no HTTP/2 session leave with this run, too. */
  void add(ConnectorEndPoints connections) {
    endPoints.add(connections);
  }

  /** Adds a session; a second call for the same one does nothing. */
  void join(TrackedSession session) {
    SessionDrain drain = session.newDrain(this);
    if (drain != null) {
      sessions.add(drain);
      drain.begin();
    }
  }

  /** Completes when no session admits streams any more. */
  CompletableFuture<Void> admissionDone() {
    try (AutoLock ignored = lock.lock()) {
      return admissionDone;
    }
  }

  /** Completes when all sessions are closed. */
  CompletableFuture<DrainReport> done() {
    return done;
  }

  /** {@link #done} for those who do not ask for the report; always the same. */
  CompletableFuture<Void> shutdownFuture() {
    return shutdownFuture;
  }

  /** Whether a connection that is no HTTP/2 session may still bring a request. */
  boolean mayGetRequests() {
    return endPoints.stream().anyMatch(ConnectorEndPoints::mayGetRequests);
  }

  /** Milliseconds until nothing of this run is left, even where everything has to be forced. */
  long millisLeft() {
    return policy.timeout() + LAST_WORDS_MILLIS - NanoTime.millisSince(begin);
  }

  long millisElapsed() {
    return NanoTime.millisSince(begin);
  }

  SessionTimes sessionTimes() {
    return sessionTimes;
  }

  // The account, kept by the sessions.

  void sessionJoins() {
    try (AutoLock ignored = lock.lock()) {
      joined++;
      admitting++;
      open++;
    }
  }

  void completed() {
    completed.increment();
  }

  void refused() {
    refused.increment();
  }

  void abandoned() {
    abandoned.increment();
  }

  void cut(Collection<Stream> streams) {
    cut.add(streams.size());
    try (AutoLock ignored = lock.lock()) {
      for (Stream stream : streams) {
        if (cutStreams.size() == DrainReport.MAX_CUT_STREAMS) {
          break;
        }
        cutStreams.add(StreamDescription.of(stream));
      }
    }
  }

  void admissionEnded() {
    CompletableFuture<Void> complete = null;
    try (AutoLock ignored = lock.lock()) {
      if (--admitting == 0) {
        complete = admissionDone;
      }
    }
    if (complete != null) {
      complete.complete(null);
    }
  }

  void sessionClosed(SessionDrain session) {
    sessions.remove(session);
    closed();
  }

  void schedule(SessionDrain session) {
    timeouts.schedule(session);
  }

  private void closed() {
    DrainReport report;
    try (AutoLock ignored = lock.lock()) {
      if (--open > 0 || done.isDone()) {
        return;
      }
      report = report();
    }
    timeouts.destroy();
    if (report.cut() > 0) {
      LOG.warn("{}", report);
    } else {
      LOG.info("{}", report);
    }
    done.complete(report);
  }

  private DrainReport report() {
    return new DrainReport(
        joined,
        completed.sum(),
        refused.sum(),
        abandoned.sum(),
        cut.sum(),
        cutStreams,
        Duration.ofNanos(NanoTime.since(begin)));
  }

  private void deadline() {
    for (SessionDrain session : sessions) {
      session.deadline();
    }
    endPoints.forEach(ConnectorEndPoints::closeAll);
  }

  /**
   * Again and again, as HTTP/1.1 connections may become idle, or negotiate too slowly, at any time.
   */
  private void closeIdle() {
    boolean left = false;
    for (ConnectorEndPoints connections : endPoints) {
      left |= connections.closeIdle();
    }
    if (left && millisLeft() > 0) {
      long interval = Math.max(policy.linger(), MIN_SWEEP_MILLIS);
      scheduler.schedule(this::closeIdle, interval, TimeUnit.MILLISECONDS);
    }
  }

  /** One timer for all sessions. */
  private final class Timeouts extends CyclicTimeouts<SessionDrain> {

    private Timeouts(Scheduler scheduler) {
      super(scheduler);
    }

    @Override
    protected Iterator<SessionDrain> iterator() {
      return sessions.iterator();
    }

    @Override
    protected boolean onExpired(SessionDrain session) {
      session.timer();
      return false;
    }
  }
}
