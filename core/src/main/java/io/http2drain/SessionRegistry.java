package io.http2drain;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  void opened(TrackedSession session) {
    sessions.add(session);
    DrainRun run = runs.get(session.connector());
    if (run != null) {
      run.join(session);
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

  /** Hands the sessions that are open on the connector to the run that claimed it. */
  void join(Connector connector, DrainRun run) {
    for (TrackedSession session : sessions) {
      if (session.connector() == connector) {
        run.join(session);
      }
    }
  }

  /** The run that drains, or has drained, a connector since it was started. */
  @Nullable DrainRun run(Connector connector) {
    return runs.get(connector);
  }

  /** The connector starts anew: sessions that open from here on are not drained. */
  void restarted(Connector connector) {
    runs.remove(connector);
  }
}
