package io.http2drain;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits a drain into the stop of a server: what the stopping thread waits for, and the time-outs
 * that Jetty would otherwise cut it short with.
 *
 * <p>All methods are called by the thread that stops, under the lifecycle lock of what it stops.
 */
final class ServerStop {

  private static final Logger LOG = LoggerFactory.getLogger(ServerStop.class);

  /** So that Jetty's wait ends after the drain's own deadline, not with it. */
  private static final long MARGIN_MILLIS = 500;

  /** Nobody is told when a handshake or an HTTP/1.1 request ends: that is looked for this often. */
  private static final long LOOK_MILLIS = 100;

  /** How long an interrupted stop waits for what it cuts; longer than the last frames may take. */
  private static final long LAST_WORDS_MILLIS = 1000;

  /** What {@link Server} gives its thread pool at least. */
  private static final long MIN_POOL_STOP_MILLIS = 1000;

  private final Server server;
  private boolean stopping;
  private boolean interrupted;
  private long begin;
  private long stopTimeout;
  private long poolStopTimeout;

  ServerStop(Server server) {
    this.server = server;
  }

  /** Remembers the time-outs of the server; called before anything is drained. */
  void begin() {
    stopping = true;
    begin = NanoTime.now();
    stopTimeout = server.getStopTimeout();
    QueuedThreadPool pool = server.getBean(QueuedThreadPool.class);
    poolStopTimeout = pool == null ? 0 : pool.getStopTimeout();
  }

  /**
   * Blocks for what is left of a run's quiet period, in which everything is served as ever.
   *
   * @return as {@link #awaitRequests}
   */
  static boolean awaitQuiet(DrainRun run) {
    if (await(run.shutdownFuture(), run.quietMillisLeft())) {
      return true;
    }
    hasten(run);
    return false;
  }

  /**
   * Blocks until the requests of the connectors that a run drains are served, but for tunnels; at
   * most to the deadline. Only then may Jetty's graceful shutdown begin: it makes handlers answer
   * 503, also to requests that were admitted and still wait for a thread.
   *
   * <p>An interrupt is taken for haste: it brings the deadline forward to now.
   *
   * @return false when the thread was interrupted, which it then is no longer: an interrupted
   *     thread cannot stop a connector in order
   */
  static boolean awaitRequests(DrainRun run, Collection<Connector> connectors) {
    // Completes when every connection is closed; to ask for it is all that a second shutdown does.
    Map<Connector, CompletableFuture<Void>> closed = new HashMap<>();
    connectors.forEach(connector -> closed.put(connector, connector.shutdown()));
    CompletableFuture<Void> allClosed =
        CompletableFuture.allOf(closed.values().toArray(CompletableFuture<?>[]::new));
    // In this order: what an acceptor had in its hands is then seen by the run.
    while (run.millisLeft() > 0 && (isAccepting(closed) || run.isBusy())) {
      CompletableFuture<?> change = run.busyUntil();
      if (!allClosed.isDone()) {
        change = CompletableFuture.anyOf(change, allClosed);
      }
      if (!await(change, LOOK_MILLIS)) {
        hasten(run);
        return false;
      }
    }
    return true;
  }

  private static void hasten(DrainRun run) {
    DrainLog.warn("Interrupted: the drain ends now");
    run.deadline();
    await(run.shutdownFuture(), LAST_WORDS_MILLIS);
  }

  /** The thread was interrupted; it gets that back when the stop is over. */
  void interrupted() {
    interrupted = true;
  }

  /**
   * Whether an acceptor has yet to end, with a connection in its hands perhaps. Where there is no
   * connection, the future waits for nothing else.
   */
  private static boolean isAccepting(Map<Connector, CompletableFuture<Void>> closed) {
    return closed.entrySet().stream()
        .anyMatch(
            entry ->
                !entry.getValue().isDone() && entry.getKey().getConnectedEndPoints().isEmpty());
  }

  /** Lets Jetty's graceful shutdown wait for what is left of the run, where it would not. */
  void raiseStopTimeout(DrainRun run) {
    long longest = Math.max(server.getStopTimeout(), run.millisLeft() + MARGIN_MILLIS);
    server.setStopTimeout(longest);
  }

  /** The graceful shutdown is over: the pool's threads get what they would have got without us. */
  void restoreThreadPool() {
    QueuedThreadPool pool = server.getBean(QueuedThreadPool.class);
    if (!stopping || pool == null) {
      return;
    }
    long left = stopTimeout - NanoTime.millisSince(begin);
    pool.setStopTimeout(stopTimeout > 0 ? Math.max(MIN_POOL_STOP_MILLIS, left) : poolStopTimeout);
  }

  void stopped() {
    if (stopping) {
      stopping = false;
      server.setStopTimeout(stopTimeout);
      if (interrupted) {
        interrupted = false;
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns false when the thread was interrupted, which it then is no longer. */
  static boolean await(CompletableFuture<?> future, long millis) {
    try {
      future.get(Math.max(0, millis), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException x) {
      LOG.trace("Waited {} ms", millis, x);
    } catch (InterruptedException x) {
      return false;
    }
    return true;
  }
}
