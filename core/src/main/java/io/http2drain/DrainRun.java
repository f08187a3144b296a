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
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One drain, of a whole server or of some of its connectors: its sessions, its clock and its
 * account.
 *
 * <p>{@link #done()} completes when the last session is closed, and no connection is left that
 * could become one; always by the deadline. Its dependents run on whatever thread closes the last
 * session and must not block.
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
  private volatile boolean overdue;

  private final AutoLock lock = new AutoLock();
  private final List<String> cutStreams = new ArrayList<>();
  private int joined;
  private int admitting;
  // Sessions that are open, and one for each that holds the run open.
  private int open = 1;
  private boolean settled;

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

  /** Starts the clock. The run is held open until {@link #settle} finds nothing that may join. */
  void start() {
    scheduler.schedule(this::deadline, policy.timeout(), TimeUnit.MILLISECONDS);
    closeIdle();
  }

  /**
   * Takes on a connector.
   *
   * @return false when the run is over, and a new one is needed
   */
  boolean add(Connector connector) {
    try (AutoLock ignored = lock.lock()) {
      if (open == 0) {
        return false;
      }
      endPoints.add(new ConnectorEndPoints(connector));
      if (settled) {
        settled = false;
        open++;
      }
      return true;
    }
  }

  /** The connector has stopped: what happens to it from here on is none of this run's business. */
  void remove(Connector connector) {
    endPoints.removeIf(connections -> connections.connector() == connector);
    settle();
  }

  /** Adds a session; a second call for the same one does nothing. */
  void join(TrackedSession session) {
    SessionDrain drain = session.newDrain(this);
    if (drain != null) {
      drain.begin();
      if (overdue) {
        drain.deadline();
      }
    }
  }

  /** Takes note when no connection is left that may bring a request, or a session. */
  void settle() {
    if (!overdue && mayGetRequests()) {
      return;
    }
    try (AutoLock ignored = lock.lock()) {
      if (settled) {
        return;
      }
      settled = true;
    }
    closed();
  }

  /**
   * Whether requests may still arrive, or are in flight, that the handlers must serve: all but
   * those of tunnels, which end by being told of the shutdown.
   */
  boolean isBusy() {
    settle();
    return mayGetRequests()
        || endPoints.stream().anyMatch(ConnectorEndPoints::hasHttp1Requests)
        || sessions.stream().anyMatch(SessionDrain::hasRequests);
  }

  private boolean mayGetRequests() {
    return endPoints.stream().anyMatch(ConnectorEndPoints::mayGetRequests);
  }

  /** Completes when all sessions are closed. */
  CompletableFuture<DrainReport> done() {
    return done;
  }

  /** {@link #done} for those who do not ask for the report; always the same. */
  CompletableFuture<Void> shutdownFuture() {
    return shutdownFuture;
  }

  /** Milliseconds until nothing of this run is left, even where everything has to be forced. */
  long millisLeft() {
    return policy.timeout() + LAST_WORDS_MILLIS - NanoTime.millisSince(begin);
  }

  SessionTimes sessionTimes() {
    return sessionTimes;
  }

  // The account, kept by the sessions.

  void sessionJoins(SessionDrain session) {
    try (AutoLock ignored = lock.lock()) {
      joined++;
      admitting++;
      open++;
    }
    sessions.add(session);
  }

  void admissionEnded() {
    boolean last;
    try (AutoLock ignored = lock.lock()) {
      last = --admitting == 0;
    }
    if (last) {
      settle();
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

  void sessionClosed(SessionDrain session) {
    if (sessions.remove(session)) {
      closed();
    }
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
    overdue = true;
    for (SessionDrain session : sessions) {
      session.deadline();
    }
    endPoints.forEach(ConnectorEndPoints::closeAll);
    settle();
  }

  /**
   * Again and again, as HTTP/1.1 connections may become idle, or negotiate too slowly, at any time.
   */
  private void closeIdle() {
    endPoints.forEach(ConnectorEndPoints::closeIdle);
    settle();
    if (!endPoints.isEmpty() && !overdue) {
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
