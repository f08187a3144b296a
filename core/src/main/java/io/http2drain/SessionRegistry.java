package io.http2drain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;

/**
 * Every open HTTP/2 session of a server, and which connectors are draining.
 *
 * <p>A session that opens while its connector begins to drain is found by exactly one of the two:
 * it is put into the set before it looks for a run, and a run is made visible before it walks the
 * set.
 */
final class SessionRegistry {

  private final Set<TrackedSession> sessions = ConcurrentHashMap.newKeySet();
  private final Map<Connector, DrainRun> runs = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();

  /** The number of a new session. */
  long nextId() {
    return lastId.incrementAndGet();
  }

  void opened(TrackedSession session) {
    sessions.add(session);
    if (session.isOver()) { // Closed before there was anything to remove.
      sessions.remove(session);
    }
    DrainRun run = runs.get(session.connector());
    if (run != null) {
      run.opened(session);
    }
  }

  void closed(TrackedSession session) {
    sessions.remove(session);
  }

  /** The open sessions; a live view. */
  Set<TrackedSession> sessions() {
    return Collections.unmodifiableSet(sessions);
  }

  /** From here on sessions that open on the connector join the run. */
  void claim(Connector connector, DrainRun run) {
    runs.put(connector, run);
  }

  /** The open sessions of a connector. */
  List<TrackedSession> sessions(Connector connector) {
    List<TrackedSession> own = new ArrayList<>(sessions.size());
    for (TrackedSession session : sessions) {
      if (session.connector() == connector) {
        own.add(session);
      }
    }
    return own;
  }

  /** The run that drains, or has drained, a connector since it was started. */
  @Nullable DrainRun run(Connector connector) {
    return runs.get(connector);
  }

  /** The runs of the connectors. */
  Set<DrainRun> runs(Collection<Connector> connectors) {
    Set<DrainRun> distinct = new LinkedHashSet<>();
    for (Connector connector : connectors) {
      DrainRun run = runs.get(connector);
      if (run != null) {
        distinct.add(run);
      }
    }
    return distinct;
  }

  /** The connector is no longer claimed: sessions that open from here on are not drained. */
  @Nullable DrainRun release(Connector connector) {
    return runs.remove(connector);
  }

  void releaseAll() {
    runs.clear();
  }

  /**
   * How many sessions, and streams in flight on them, there are.
   *
   * @param sessions the open sessions
   * @param streams their admitted streams that have not ended
   */
  record Count(int sessions, int streams) {}

  /** Counts in one pass: to walk over ten thousand sessions takes its time. */
  Count count(Collection<Connector> connectors) {
    int own = 0;
    int streams = 0;
    for (TrackedSession session : sessions) {
      if (connectors.contains(session.connector())) {
        own++;
        streams += session.gate().inFlight();
      }
    }
    return new Count(own, streams);
  }
}
