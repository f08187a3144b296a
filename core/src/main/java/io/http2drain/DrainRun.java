package io.http2drain;

import io.http2drain.protocol.RunCensus;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.io.CyclicTimeouts;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * One drain, of a whole server or of some of its connectors: its sessions, its clock and its
 * account.
 *
 * <p>{@link #done()} completes when the last session is closed, and no connection is left that
 * could become one; always by the deadline. Its dependents run on whatever thread closes the last
 * session and must not block.
 */
final class DrainRun {

  /** How long the last frames of a forced end may take to leave. */
  private static final long LAST_WORDS_MILLIS = 200;

  /** How much later than the deadline and the last words the watchdog looks after the run. */
  private static final long WATCHDOG_MILLIS = 200;

  private static final long SWEEP_MILLIS = 100;

  private final DrainPolicy policy;
  private final SessionTimes sessionTimes;
  private final Scheduler scheduler;
  private final Timeouts timeouts;
  private final long begin = NanoTime.now();
  private final Set<SessionDrain> sessions = ConcurrentHashMap.newKeySet();
  private final List<ConnectorEndPoints> endPoints = new CopyOnWriteArrayList<>();
  private final RunCensus census = new RunCensus();
  private final CompletableFuture<DrainReport> done = new CompletableFuture<>();
  private final CompletableFuture<Void> shutdownFuture = done.thenAccept(report -> {});
  private final CompletableFuture<Void> watchdog = new CompletableFuture<>();
  private final LongAdder completed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder abandoned = new LongAdder();
  private final LongAdder cut = new LongAdder();
  private final AtomicBoolean schedulerFailed = new AtomicBoolean();
  private volatile boolean overdue;

  private final AutoLock lock = new AutoLock(); // Guards the list alone.
  private final List<String> cutStreams = new ArrayList<>();

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
    // First what does not rely on the server's scheduler: that may be dead, or die.
    var unused = watchdog.thenRun(this::overtime);
    watchdog.completeOnTimeout(null, millisLeft() + WATCHDOG_MILLIS, TimeUnit.MILLISECONDS);
    schedule(this::deadline, policy.timeout());
    closeIdle();
  }

  /**
   * Takes on a connector.
   *
   * @return false when the run is over, and a new one is needed
   */
  boolean add(Connector connector) {
    ConnectorEndPoints connections = new ConnectorEndPoints(connector, policy.linger());
    endPoints.add(connections); // Before the hold: who settles sees one or the other.
    if (census.hold()) {
      return true;
    }
    endPoints.remove(connections);
    return false;
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

  /** Takes note when no connection is left that has, or may bring, a request, or a session. */
  void settle() {
    int seen = census.holds();
    if ((overdue || !mayGetRequests()) && census.release(seen)) {
      finish();
    }
  }

  /**
   * Whether requests may still arrive, or are in flight, that the handlers must serve: all but
   * those of tunnels, which end by being told of the shutdown.
   */
  boolean isBusy() {
    settle();
    return mayGetRequests() || sessions.stream().anyMatch(SessionDrain::hasRequests);
  }

  private boolean mayGetRequests() {
    return endPoints.stream().anyMatch(ConnectorEndPoints::mayGetRequests);
  }

  /** Completes when all sessions are closed. Not to be given away: it can be cancelled. */
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
    census.join();
    sessions.add(session);
  }

  void admissionEnded() {
    if (census.admissionEnded()) {
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
    if (sessions.remove(session) && census.leave()) {
      finish();
    }
  }

  void schedule(SessionDrain session) {
    try {
      timeouts.schedule(session);
    } catch (Throwable x) {
      notScheduled(x);
    }
  }

  private void schedule(Runnable task, long millis) {
    try {
      scheduler.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (Throwable x) {
      notScheduled(x);
    }
  }

  private void notScheduled(Throwable failure) {
    if (schedulerFailed.compareAndSet(false, true)) {
      DrainLog.failed("schedule with", scheduler, failure);
    }
  }

  /** Called once. */
  private void finish() {
    try {
      DrainReport account =
          new DrainReport(
              census.joined(),
              completed.sum(),
              refused.sum(),
              abandoned.sum(),
              cut.sum(),
              cutStreams(),
              Duration.ofNanos(NanoTime.since(begin)));
      DrainLog.ended(account);
      done.complete(account);
    } catch (Throwable x) { // Out of memory, say: whoever waits must not wait for ever.
      done.completeExceptionally(x);
    }
    watchdog.cancel(false);
  }

  private List<String> cutStreams() {
    try (AutoLock ignored = lock.lock()) {
      return List.copyOf(cutStreams);
    }
  }

  /** The time is over: what is left is cut. May be called at any time, and more than once. */
  void deadline() {
    overdue = true;
    sessions.forEach(SessionDrain::deadline);
    try {
      endPoints.forEach(ConnectorEndPoints::closeAll);
    } catch (Throwable x) {
      DrainLog.failed("close the connections of", endPoints, x);
    }
    settle();
  }

  /** The deadline is past and the run is not over: whatever should have ended it has failed. */
  private void overtime() {
    DrainLog.warn("Nothing ended the drain at its deadline: is the server's scheduler dead?");
    deadline();
    sessions.forEach(SessionDrain::disconnect);
    if (census.end()) {
      finish();
    }
  }

  /**
   * Again and again, as HTTP/1.1 connections may become idle, or negotiate too slowly, at any time.
   */
  private void closeIdle() {
    try {
      endPoints.forEach(ConnectorEndPoints::closeIdle);
      settle();
    } catch (Throwable x) {
      DrainLog.failed("look after the connections of", endPoints, x);
    }
    if (!endPoints.isEmpty() && !overdue) {
      schedule(this::closeIdle, SWEEP_MILLIS);
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
