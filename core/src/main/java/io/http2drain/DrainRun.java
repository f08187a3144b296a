package io.http2drain;

import io.http2drain.protocol.RunCensus;
import io.http2drain.protocol.SessionTimes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.io.CyclicTimeouts;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * One drain, of a whole server, of some of its connectors or of one session: its sessions, its
 * clock and its account.
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

  /** When the sessions are being told, where there are many: it waits for that. */
  private static final long FIRST_SWEEP_MILLIS = 10;

  private static final long MIN_SWEEP_MILLIS = 100;

  /** A sweep over many connections takes its time; it rests for so many times as long. */
  private static final long REST_PER_SWEEP = 20;

  private static final long MAX_SWEEP_MILLIS = 500;

  /** Why sessions leave; the later of these takes them over from the earlier. */
  enum Cause {
    /** A drain that was undone: they were told already. This run has no clock and no end. */
    UNDONE,
    /** An operator; the listeners stay open. */
    DEMAND,
    /** A stop, of the server or of a connector. It cannot be undone. */
    STOP
  }

  private final DrainPolicy policy;
  private final Cause cause;
  private final long quietMillis;
  private final Consumer<TrackedSession> strays;
  private final SessionTimes sessionTimes;
  private final Scheduler scheduler;
  private final Timeouts timeouts;
  private final long begin = NanoTime.now();
  private final DrainAccount account = new DrainAccount(begin);
  private final Set<SessionDrain> sessions = ConcurrentHashMap.newKeySet();
  private final BusySession busy = new BusySession(sessions);
  private final List<ConnectorEndPoints> endPoints = new CopyOnWriteArrayList<>();
  private final Map<Connector, Announcements> announcements = new ConcurrentHashMap<>();
  private final Set<Connector> released = ConcurrentHashMap.newKeySet();
  private final RunCensus census = new RunCensus();
  private final CompletableFuture<DrainReport> done = new CompletableFuture<>();
  private final CompletableFuture<Void> shutdownFuture = done.thenAccept(report -> {});
  private final CompletableFuture<Void> watchdog = new CompletableFuture<>();
  private final AtomicBoolean schedulerFailed = new AtomicBoolean();
  private final AtomicInteger announcing = new AtomicInteger();
  private final AtomicInteger gathering = new AtomicInteger();
  private volatile boolean quiet;
  private volatile boolean overdue;
  private volatile boolean undone;

  /** The run of a stop, without a quiet period. */
  DrainRun(DrainPolicy policy, Scheduler scheduler) {
    this(policy, scheduler, Cause.STOP, 0, session -> {});
  }

  /**
   * @param quietMillis how long sessions that open are left alone, see {@link #endQuiet}
   * @param strays takes the sessions of a connector that join while it leaves the run
   */
  DrainRun(
      DrainPolicy policy,
      Scheduler scheduler,
      Cause cause,
      long quietMillis,
      Consumer<TrackedSession> strays) {
    this.policy = policy;
    this.cause = cause;
    this.quietMillis = quietMillis;
    this.quiet = quietMillis > 0;
    this.strays = strays;
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
    schedule(this::closeIdle, FIRST_SWEEP_MILLIS);
  }

  /**
   * Holds the run open while it takes over sessions that are past their cut already: nothing else
   * tells that they may join. To be called before the connector is added.
   */
  void gather() {
    gathering.incrementAndGet();
  }

  /** What there was to be taken over has joined. */
  void gathered() {
    gathering.decrementAndGet();
    settle();
  }

  /** Whether it is a stop, which goes on to its end. */
  boolean isStop() {
    return cause == Cause.STOP;
  }

  /** Whether its sessions may be handed to another run. */
  boolean yieldsTo(DrainRun other) {
    return other.isBounded() ? cause.compareTo(other.cause) < 0 : cause == Cause.DEMAND;
  }

  /** Whether it has a deadline. */
  boolean isBounded() {
    return cause != Cause.UNDONE;
  }

  /** Whether sessions that open are left alone for the time being. */
  boolean isQuiet() {
    return quiet;
  }

  /** Milliseconds until the quiet period is to be ended; by {@link #endQuiet}, not by itself. */
  long quietMillisLeft() {
    return quiet ? Math.max(0, quietMillis - elapsedMillis()) : 0;
  }

  /**
   * From here on sessions that open are told to leave. Those that opened in the quiet period are to
   * be handed to {@link #announce}.
   */
  void endQuiet() {
    quiet = false;
  }

  /**
   * Takes on a connector.
   *
   * @return false when the run is over, and a new one is needed
   */
  boolean add(Connector connector) {
    ConnectorEndPoints connections = new ConnectorEndPoints(connector, policy.linger());
    released.remove(connector);
    endPoints.add(connections); // Before the hold: who settles sees one or the other.
    if (census.hold()) {
      return true;
    }
    endPoints.remove(connections);
    return false;
  }

  /**
   * What happens to the connector from here on is none of this run's business: it has stopped, or
   * its drain was undone, or became that of a stop.
   */
  void remove(Connector connector) {
    released.add(connector);
    endPoints.removeIf(connections -> connections.connector() == connector);
    Announcements untold = announcements.remove(connector);
    if (untold != null) {
      untold.takeAll();
    }
    settle();
  }

  /** The drain of some connectors, and so far of their sessions that are in it, is undone. */
  void undo(Set<Connector> connectors, DrainRun unbounded) {
    undone = endPoints.stream().allMatch(c -> connectors.contains(c.connector()));
    released.addAll(connectors); // Before the walk: who joins late sees it.
    for (SessionDrain session : sessions) {
      if (connectors.contains(session.connector())) {
        session.undo(unbounded);
      }
    }
    connectors.forEach(this::remove);
  }

  /** The drain of its only session is undone. */
  void undo(SessionDrain session, DrainRun unbounded) {
    undone = true;
    session.undo(unbounded);
    settle();
  }

  /** A session has opened. */
  void opened(TrackedSession session) {
    if (!quiet) {
      join(session);
    }
  }

  /**
   * Tells sessions of a connector to leave. The first time that is spread over the time from the
   * beginning of the run; later it is for those that have opened since, and at once.
   */
  void announce(Connector connector, List<TrackedSession> open) {
    boolean spread = policy.spread() > 0;
    Announcements first = new Announcements(spread ? open : List.of(), policy.spread());
    Announcements present = announcements.putIfAbsent(connector, first);
    if (present == null) {
      if (spread) {
        announceDue(first);
      } else {
        joinAll(open);
      }
    } else if (!quiet) {
      joinAll(open.stream().filter(session -> !present.isWaiting(session)).toList());
    }
  }

  private void announceDue(Announcements waiting) {
    try {
      joinAll(waiting.takeDue(elapsedMillis()));
    } finally {
      long next = waiting.nextAt();
      if (next >= 0 && !overdue) {
        schedule(() -> announceDue(waiting), Math.max(1, next - elapsedMillis()));
      }
    }
  }

  /** Adds a session; a second call for the same one does nothing. */
  void join(TrackedSession session) {
    joinAll(List.of(session));
  }

  /**
   * Adds sessions. All of them are told before the first is sent its PING: what the first ones
   * answer shall not keep the last ones from being told. But none waits for so long that its answer
   * could come too late.
   */
  private void joinAll(Collection<TrackedSession> joining) {
    announcing.incrementAndGet();
    List<SessionDrain> told = new ArrayList<>();
    long since = NanoTime.now();
    try {
      for (TrackedSession session : joining) {
        SessionDrain begun = session.newDrain(this);
        if (begun != null) {
          told.add(begun);
          begun.begin();
          entered(session, begun);
        } else {
          SessionDrain present = session.drain();
          if (present != null && present.moveTo(this)) {
            entered(session, present);
          }
        }
        if (NanoTime.since(since) > sessionTimes.pingTimeout() / 2) {
          told.forEach(SessionDrain::proceed);
          told.clear();
          since = NanoTime.now();
        }
      }
    } finally {
      announcing.decrementAndGet();
      told.forEach(SessionDrain::proceed);
    }
  }

  private void entered(TrackedSession session, SessionDrain drain) {
    if (released.contains(session.connector())) {
      strays.accept(session);
    } else if (overdue && isStop()) {
      drain.deadline();
    } else if (overdue || done.isDone()) {
      drain.unbind(); // It is asked to leave, but nothing waits for it.
    }
  }

  /** Takes note when no connection is left that has, or may bring, a request, or a session. */
  void settle() {
    boolean open = !isBounded() || ((quiet || gathering.get() > 0) && !undone && !overdue);
    if (open) {
      return;
    }
    int seen = census.holds();
    if ((overdue || !mayGetRequests()) && census.release(seen)) {
      finish();
    }
  }

  /**
   * Whether requests may still arrive, or are in flight, that the handlers must serve: all but
   * those of tunnels, which end by being told of the shutdown. To be followed by {@link
   * #busyUntil}.
   */
  boolean isBusy() {
    if (busy.find()) {
      return true;
    }
    settle();
    return mayGetRequests();
  }

  /**
   * Completes when the session that kept it {@linkplain #isBusy() busy} does so no longer. For what
   * is no session of ours there is nobody who could tell.
   */
  CompletableFuture<Void> busyUntil() {
    return busy.until();
  }

  /** A request of a session has ended, or none can come any more. */
  void requestEnded(SessionDrain session) {
    busy.requestEnded(session);
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
    return policy.timeout() + LAST_WORDS_MILLIS - elapsedMillis();
  }

  /** Milliseconds until what is in flight is cut. */
  long millisToDeadline() {
    return Math.max(0, policy.timeout() - elapsedMillis());
  }

  long elapsedMillis() {
    return NanoTime.millisSince(begin);
  }

  DrainAccount account() {
    return account;
  }

  DrainJournal journal() {
    return account.journal();
  }

  /** What is to be reported: in the end that, before it the account so far. */
  DrainReport report() {
    DrainReport soFar = account.report(census.joined(), undone);
    return done.exceptionally(failure -> soFar).getNow(soFar);
  }

  /** Its sessions that are being told, or have been, and are not closed. */
  List<TrackedSession> sessions() {
    return sessions.stream().map(SessionDrain::tracked).toList();
  }

  SessionTimes sessionTimes() {
    return sessionTimes;
  }

  // Told by the sessions.

  void sessionJoins(SessionDrain session) {
    census.join();
    sessions.add(session);
  }

  void admissionEnded() {
    if (census.admissionEnded()) {
      settle();
    }
  }

  /** A session is no longer of this run; it may be of another. */
  void sessionLeft(SessionDrain session, boolean admitting) {
    if (admitting) {
      admissionEnded();
    }
    sessionClosed(session);
  }

  void sessionClosed(SessionDrain session) {
    if (sessions.remove(session)) {
      busy.requestEnded(session);
      if (census.leave()) {
        finish();
      }
    }
  }

  void schedule(SessionDrain session) {
    try {
      timeouts.schedule(session);
    } catch (Throwable x) {
      notScheduled(x);
    }
  }

  /** Does something later, on a thread of the server's scheduler, unless that is dead. */
  void schedule(Runnable task, long millis) {
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
      DrainReport report = account.report(census.joined(), undone);
      journal().finished(report);
      DrainLog.ended(report);
      done.complete(report);
    } catch (Throwable x) { // Out of memory, say: whoever waits must not wait for ever.
      done.completeExceptionally(x);
    }
    watchdog.cancel(false);
    if (!isStop()) {
      releaseStreams();
    }
  }

  /** The run is over, and the server stays: its streams are not to. */
  void releaseStreams() {
    var unused = CompletableFuture.runAsync(journal()::releaseStreams);
  }

  /** The time is over: what is left is cut. May be called at any time, and more than once. */
  void deadline() {
    if (done.isDone() && !isStop()) {
      return; // Whoever has come since is not waited for.
    }
    overdue = true;
    quiet = false;
    announcements.values().forEach(waiting -> joinAll(waiting.takeAll()));
    // First: when the last session ends, so may the run, and who comes then is not to be closed.
    try {
      endPoints.forEach(ConnectorEndPoints::closeAll);
    } catch (Throwable x) {
      DrainLog.failed("close the connections of", endPoints, x);
    }
    sessions.forEach(SessionDrain::deadline);
    settle();
  }

  /** The deadline is past and the run is not over: whatever should have ended it has failed. */
  private void overtime() {
    DrainLog.warn("Nothing ended the drain at its deadline: is the server's scheduler dead?");
    deadline();
    sessions.stream().filter(SessionDrain::isBounded).forEach(SessionDrain::disconnect);
    if (census.end()) {
      finish();
    }
  }

  /**
   * Again and again, as HTTP/1.1 connections may become idle, or negotiate too slowly, at any time.
   */
  private void closeIdle() {
    long start = NanoTime.now();
    try {
      if (!quiet && announcing.get() == 0) { // A walk over all connections: not just now.
        endPoints.forEach(ConnectorEndPoints::closeIdle);
      }
      settle();
    } catch (Throwable x) {
      DrainLog.failed("look after the connections of", endPoints, x);
    }
    if (!endPoints.isEmpty() && !overdue) {
      long rest = REST_PER_SWEEP * NanoTime.millisSince(start);
      schedule(this::closeIdle, Math.max(MIN_SWEEP_MILLIS, Math.min(MAX_SWEEP_MILLIS, rest)));
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
