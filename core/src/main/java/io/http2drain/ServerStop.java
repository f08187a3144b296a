package io.http2drain;

import java.util.Arrays;
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
 * <p>All methods are called by the thread that stops the server, under the server's lifecycle lock;
 * the first two block.
 */
final class ServerStop {

  private static final Logger LOG = LoggerFactory.getLogger(ServerStop.class);

  /** So that Jetty's wait ends after the drain's own deadline, not with it. */
  private static final long MARGIN_MILLIS = 500;

  /**
   * Jetty tells nobody when a connection leaves its handshake or closes; it is looked at this
   * often.
   */
  private static final long LOOK_MILLIS = 10;

  /** What {@link Server} gives its thread pool at least. */
  private static final long MIN_POOL_STOP_MILLIS = 1000;

  private final Server server;
  private boolean stopping;
  private long begin;
  private long stopTimeout;
  private long poolStopTimeout;

  ServerStop(Server server) {
    this.server = server;
  }

  /**
   * Closes the listeners, and returns when no connection can bring a request any more. Only then
   * Jetty's graceful shutdown may begin: it makes handlers answer 503, and requests that still come
   * are ones that the client was entitled to send.
   */
  void stopping(DrainRun run) {
    stopping = true;
    begin = NanoTime.now();
    stopTimeout = server.getStopTimeout();
    QueuedThreadPool pool = server.getBean(QueuedThreadPool.class);
    poolStopTimeout = pool == null ? 0 : pool.getStopTimeout();
    CompletableFuture<?> connectionsClosed =
        CompletableFuture.allOf(
            Arrays.stream(server.getConnectors())
                .map(Connector::shutdown)
                .toArray(CompletableFuture<?>[]::new));
    await(run.admissionDone(), run.millisLeft());
    while (run.millisLeft() > 0 && run.mayGetRequests() && await(connectionsClosed, LOOK_MILLIS)) {
      // Bounded by the linger, when the run closes what is idle.
    }
    server.setStopTimeout(Math.max(stopTimeout, run.millisLeft() + MARGIN_MILLIS));
  }

  /** Returns when the run is done, or overdue. */
  void await(DrainRun run) {
    await(run.done(), run.millisLeft() + MARGIN_MILLIS);
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
    }
  }

  /** Returns false when the thread was interrupted. */
  private static boolean await(CompletableFuture<?> future, long millis) {
    try {
      future.get(Math.max(0, millis), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException x) {
      LOG.debug("Waited {} ms", millis, x);
    } catch (InterruptedException x) {
      LOG.warn("Interrupted: the drain goes on, but this stop does not wait for it");
      Thread.currentThread().interrupt();
      return false;
    }
    return true;
  }
}
