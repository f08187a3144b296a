package io.http2drain;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Fits a drain into the end of one connector: {@link Connector#shutdown()}, which returns at once,
 * and {@link Connector#stop()}, which blocks until the requests are served.
 */
final class ConnectorStop implements NetworkConnector.Listener, LifeCycle.Listener {

  /** How often, once a millisecond, it is looked whether the thread that closed went on. */
  private static final int MAX_LOOKS = 100;

  private final Connector connector;
  private final Server server;
  private final DrainRuns runs;
  private final SessionRegistry registry;
  private boolean interrupted;
  private @Nullable Long shutdownIdleTimeout; // Of the user, while it is switched off.

  ConnectorStop(Connector connector, Server server, DrainRuns runs, SessionRegistry registry) {
    this.connector = connector;
    this.server = server;
    this.runs = runs;
    this.registry = registry;
  }

  /** {@link Connector#shutdown()} begins with this: the one sign of it that Jetty gives. */
  @Override
  public void onClose(NetworkConnector closed) {
    if (connector.isRunning()) {
      switchOffShutdownIdleTimeout();
      List<Connector> alone = List.of(connector);
      runs.claim(alone);
      if (!server.isStopping()) { // There it is seen to when the listeners are closed.
        joinOnceShutDown(alone, 0);
      }
    }
  }

  /**
   * Off this thread, which has yet to shut the connector down: from then on HTTP/1.1 is answered
   * with {@code Connection: close}.
   */
  private void joinOnceShutDown(List<Connector> alone, int looks) {
    server
        .getScheduler()
        .schedule(
            () -> {
              if (connector.isShutdown() || looks == MAX_LOOKS) {
                runs.join(alone);
              } else {
                joinOnceShutDown(alone, looks + 1);
              }
            },
            Math.min(looks, 1),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void lifeCycleStopping(LifeCycle event) {
    switchOffShutdownIdleTimeout();
    List<Connector> alone = List.of(connector);
    if (server.isStopping()) { // There it was waited for already.
      runs.claim(alone);
      var unused = connector.shutdown();
      runs.join(alone);
      return;
    }
    interrupted = !runs.awaitQuiet(alone);
    CompletableFuture<Void> closing = connector.shutdown();
    runs.endQuiet(alone);
    runs.join(alone);
    DrainRun current = registry.run(connector);
    if (current != null) {
      interrupted |=
          !ServerStop.awaitRequests(current, alone)
              || !ServerStop.await(closing, current.millisLeft());
    }
  }

  @Override
  public void lifeCycleStopped(LifeCycle event) {
    ended();
  }

  @Override
  public void lifeCycleFailure(LifeCycle event, Throwable cause) {
    ended();
  }

  private void ended() {
    if (shutdownIdleTimeout != null && connector instanceof AbstractConnector abstractConnector) {
      abstractConnector.setShutdownIdleTimeout(shutdownIdleTimeout);
      shutdownIdleTimeout = null;
    }
    DrainRun finished = registry.release(connector);
    if (finished != null) {
      finished.remove(connector);
      if (!server.isStopping()) {
        finished.releaseStreams();
      }
    }
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
  }

  /** Otherwise Jetty now gives every connection 1 s of idleness, with requests in flight or not. */
  private void switchOffShutdownIdleTimeout() {
    if (shutdownIdleTimeout == null && connector instanceof AbstractConnector abstractConnector) {
      shutdownIdleTimeout = abstractConnector.getShutdownIdleTimeout();
      abstractConnector.setShutdownIdleTimeout(-1);
    }
  }
}
