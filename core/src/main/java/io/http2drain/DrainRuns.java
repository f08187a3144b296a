package io.http2drain;

import java.util.List;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Which run drains which connector. Connectors that begin to leave while a run is not over join it,
 * so that the stop of a server is one run.
 *
 * <p>Lock rule: who joins what is decided under the lock, everything else is done outside. Nothing
 * blocks.
 */
final class DrainRuns {

  private final DrainPolicy policy;
  private final Scheduler scheduler;
  private final SessionRegistry registry;
  private final AutoLock lock = new AutoLock();
  private @Nullable DrainRun latest;

  DrainRuns(DrainPolicy policy, Scheduler scheduler, SessionRegistry registry) {
    this.policy = policy;
    this.scheduler = scheduler;
    this.registry = registry;
  }

  /** Takes care that each connector has a run: from here on sessions that open there join it. */
  void claim(List<Connector> connectors) {
    DrainRun begun = null;
    try (AutoLock ignored = lock.lock()) {
      for (Connector connector : connectors) {
        if (registry.run(connector) != null || connector.isStopped()) {
          continue;
        }
        if (latest == null || !latest.add(connector)) {
          begun = new DrainRun(policy, scheduler);
          begun.add(connector);
          latest = begun;
        }
        registry.claim(connector, latest);
      }
    }
    if (begun != null) {
      DrainLog.began(
          registry.sessionCount(connectors),
          registry.streamsInFlight(connectors),
          policy.timeout());
      begun.start();
    }
  }

  /** Tells the open sessions of connectors that are claimed to leave. */
  void join(List<Connector> connectors) {
    for (Connector connector : connectors) {
      DrainRun run = registry.run(connector);
      if (run != null) {
        registry.join(connector, run);
        run.settle();
      }
    }
  }

  /** The run that began last; null before the first one since the start. */
  @Nullable DrainRun latest() {
    try (AutoLock ignored = lock.lock()) {
      return latest;
    }
  }

  /** The server starts: nothing drains. */
  void clear() {
    try (AutoLock ignored = lock.lock()) {
      latest = null;
    }
    registry.releaseAll();
  }
}
