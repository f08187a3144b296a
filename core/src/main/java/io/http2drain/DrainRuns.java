package io.http2drain;

import io.http2drain.DrainRun.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Which run drains which connector, or session. Connectors that begin to leave while the run of a
 * stop is not over join it, so that the stop of a server is one run. A stop takes over what is
 * being drained on demand.
 *
 * <p>Lock rule: who joins what is decided under the lock, everything else is done outside. Nothing
 * blocks.
 */
final class DrainRuns {

  private static final String STOP = "a stop cannot be undone";

  private final DrainPolicy policy;
  private final Scheduler scheduler;
  private final SessionRegistry registry;
  private final DrainTally tally = new DrainTally();
  private volatile Consumer<DrainRun> listener = run -> {};
  private final DrainRun unbounded;
  private final AutoLock lock = new AutoLock();
  private @Nullable DrainRun latest;

  /** Whether there has been a drain that leaves its sessions to the next one. */
  private volatile boolean demanded;

  DrainRuns(DrainPolicy policy, Scheduler scheduler, SessionRegistry registry) {
    this.policy = policy;
    this.scheduler = scheduler;
    this.registry = registry;
    this.unbounded = newRun(Cause.UNDONE, 0);
  }

  /** Tells somebody of each run of connectors when it begins; the listener must not block. */
  void whenBegun(Consumer<DrainRun> told) {
    listener = told;
  }

  /**
   * Takes care that each connector has the run of a stop, one without a quiet period if it has
   * none: from here on sessions that open there join it.
   */
  void claim(List<Connector> connectors) {
    claim(connectors, 0);
  }

  /**
   * As {@link #claim(List)}, but in a run that begins here sessions that open are left alone for a
   * time: until {@link #endQuiet}.
   */
  void claim(List<Connector> connectors, long quietMillis) {
    DrainRun begun = null;
    DrainRun run = null;
    List<Connector> claimed = new ArrayList<>();
    Map<Connector, DrainRun> replaced = new LinkedHashMap<>();
    try (AutoLock ignored = lock.lock()) {
      for (Connector connector : connectors) {
        DrainRun present = registry.run(connector);
        if ((present != null && present.isStop()) || connector.isStopped()) {
          continue;
        }
        if (run == null) {
          run = latest;
          if (run == null || !run.isStop() || !gather(run, connector)) {
            begun = newRun(Cause.STOP, quietMillis);
            run = begun;
            gather(run, connector);
            latest = run;
          }
        } else {
          run.add(connector);
        }
        registry.claim(connector, run);
        claimed.add(connector);
        if (present != null) {
          replaced.put(connector, present);
        }
      }
    }
    if (run == null) {
      return;
    }
    if (begun != null) {
      begin(begun, connectors);
    }
    takeOver(claimed);
    replaced.forEach((connector, former) -> former.remove(connector));
    run.gathered();
  }

  /** Holds the run open, and adds the connector, if it is not over. */
  private static boolean gather(DrainRun run, Connector connector) {
    run.gather();
    if (run.add(connector)) {
      return true;
    }
    run.gathered();
    return false;
  }

  /** What is on its way out already has no turn to wait for. */
  private void takeOver(List<Connector> connectors) {
    if (!demanded) { // Then there is none, and no need to walk over all of them.
      return;
    }
    for (Connector connector : connectors) {
      DrainRun run = registry.run(connector);
      if (run != null) {
        registry.sessions(connector).stream().filter(TrackedSession::isDraining).forEach(run::join);
      }
    }
  }

  /** Tells the open sessions of connectors that are claimed to leave. */
  void join(List<Connector> connectors) {
    for (Connector connector : connectors) {
      DrainRun run = registry.run(connector);
      if (run != null) {
        run.announce(connector, registry.sessions(connector));
        run.settle();
      }
    }
  }

  /**
   * Begins the stop of connectors, and blocks for the quiet period. To be followed, when the
   * listeners are closed, by {@link #endQuiet} and {@link #join}.
   *
   * @return false when the thread was interrupted, which it then is no longer
   */
  boolean awaitQuiet(List<Connector> connectors) {
    claim(connectors, policy.quietPeriod());
    boolean waited = true;
    for (DrainRun run : registry.runs(connectors)) {
      if (run.isQuiet()) {
        join(connectors);
        waited &= ServerStop.awaitQuiet(run);
      }
    }
    return waited;
  }

  /** The quiet period of the connectors is over; {@link #join} is to follow. */
  void endQuiet(List<Connector> connectors) {
    registry.runs(connectors).forEach(DrainRun::endQuiet);
  }

  /**
   * Drains connectors that stay open.
   *
   * @return the run of the first of them; what is being drained already keeps its run
   */
  DrainRun demand(List<Connector> connectors) {
    demanded = true;
    DrainRun begun = null;
    try (AutoLock ignored = lock.lock()) {
      for (Connector connector : connectors) {
        if (registry.run(connector) == null && connector.isRunning()) {
          if (begun == null) {
            begun = newRun(Cause.DEMAND, policy.quietPeriod());
            begun.gather();
          }
          begun.add(connector);
          registry.claim(connector, begun);
        }
      }
      latest = begun == null ? latest : begun;
    }
    if (begun != null) {
      DrainRun run = begun;
      begin(run, connectors);
      takeOver(connectors);
      run.gathered();
      join(connectors);
      if (run.isQuiet()) {
        run.schedule(() -> endQuiet(run, connectors), run.quietMillisLeft());
      }
    }
    for (Connector connector : connectors) {
      DrainRun run = registry.run(connector);
      if (run != null) {
        return run;
      }
    }
    throw new IllegalStateException("connectors: " + connectors + " (expected: running)");
  }

  private void endQuiet(DrainRun run, List<Connector> connectors) {
    run.endQuiet();
    join(connectors.stream().filter(connector -> registry.run(connector) == run).toList());
  }

  /** Drains one session; the one that is on its way out already keeps its run. */
  DrainRun demand(TrackedSession session) {
    demanded = true;
    DrainRun run = newRun(Cause.DEMAND, 0);
    run.gather();
    run.join(session);
    SessionDrain drain = session.drain();
    if (drain != null && drain.run() != run) {
      return drain.run();
    }
    tally.count(run);
    run.start();
    run.gathered();
    return run;
  }

  /**
   * Lets connectors be drained no more.
   *
   * @return whether one of them was
   * @throws IllegalStateException when one of them is being stopped
   */
  boolean undo(List<Connector> connectors) {
    Map<DrainRun, Set<Connector>> undone = new LinkedHashMap<>();
    try (AutoLock ignored = lock.lock()) {
      for (Connector connector : connectors) {
        DrainRun run = registry.run(connector);
        if (run != null && run.isStop()) {
          throw new IllegalStateException(STOP);
        }
        if (run != null) {
          undone.computeIfAbsent(run, key -> new HashSet<>()).add(connector);
        }
      }
      undone.values().forEach(released -> released.forEach(registry::release));
    }
    undone.forEach((run, released) -> run.undo(released, unbounded));
    return !undone.isEmpty();
  }

  /**
   * Lets a session be drained no more.
   *
   * @return whether it was
   * @throws IllegalStateException when its whole connector is, or it is part of a stop
   */
  boolean undo(TrackedSession session) {
    if (registry.run(session.connector()) != null) {
      throw new IllegalStateException("the connector of the session is drained");
    }
    SessionDrain drain = session.drain();
    if (drain == null || !drain.isBounded()) {
      return false;
    }
    if (drain.run().isStop()) {
      throw new IllegalStateException(STOP);
    }
    drain.run().undo(drain, unbounded);
    return true;
  }

  /** A session has joined a run that its connector was leaving at that moment. */
  private void stray(TrackedSession session) {
    DrainRun current = registry.run(session.connector());
    if (current != null) {
      current.join(session);
      return;
    }
    SessionDrain drain = session.drain();
    if (drain != null) {
      drain.undo(unbounded);
    }
  }

  private DrainRun newRun(Cause cause, long quietMillis) {
    return new DrainRun(policy, scheduler, cause, quietMillis, this::stray);
  }

  private void begin(DrainRun run, List<Connector> connectors) {
    DrainLog.began(registry.count(connectors), policy.timeout());
    tally.count(run);
    listener.accept(run);
    run.start();
    tellProgress(run, connectors);
  }

  private void tellProgress(DrainRun run, List<Connector> connectors) {
    if (policy.progressInterval() > 0) {
      run.schedule(
          () -> {
            if (!run.done().isDone()) {
              DrainLog.progress(
                  registry.count(connectors),
                  run.millisToDeadline(),
                  () -> RequestsInFlight.oldest(registry, connectors, 1));
              tellProgress(run, connectors);
            }
          },
          policy.progressInterval());
    }
  }

  /** The run that began last; null before the first one since the start. */
  @Nullable DrainRun latest() {
    try (AutoLock ignored = lock.lock()) {
      return latest;
    }
  }

  DrainTally tally() {
    return tally;
  }

  /** The server starts: nothing drains. */
  void clear() {
    try (AutoLock ignored = lock.lock()) {
      latest = null;
    }
    registry.releaseAll();
  }
}
