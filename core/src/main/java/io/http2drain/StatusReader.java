package io.http2drain;

import static java.util.Comparator.comparingInt;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/** Looks at a server, and tells what it is waiting for. */
final class StatusReader {

  private final Server server;
  private final SessionRegistry registry;
  private final DrainRuns runs;

  StatusReader(Server server, SessionRegistry registry, DrainRuns runs) {
    this.server = server;
    this.registry = registry;
    this.runs = runs;
  }

  DrainStatus status() {
    DrainRun run = runs.latest();
    DrainReport account = run == null ? null : run.report();
    return new DrainStatus(
        phase(),
        isReady(),
        server.isStopping() || registry.runs(connectors()).stream().anyMatch(DrainRun::isStop),
        account == null ? -1 : account.elapsed().toMillis(),
        millisToDeadline(),
        registry.sessions().size(),
        states(),
        registry.count(connectors()).streams(),
        account,
        connectors().stream().filter(FactorySwap::isOurs).map(this::connector).toList(),
        sessions(),
        requests(DrainStatus.MAX_REQUESTS),
        run == null
            ? DrainTimeline.EMPTY
            : run.journal().timeline(run.done().isDone() ? List.of() : run.sessions()));
  }

  /** See {@link Drain#isReady()}. */
  boolean isReady() {
    return server.isStarted() && registry.runs(connectors()).isEmpty();
  }

  /** The phase of the connector that is least far, once one of them is leaving. */
  DrainPhase phase() {
    List<DrainPhase> leaving =
        connectors().stream().map(this::phase).filter(p -> p != DrainPhase.SERVING).toList();
    if (leaving.isEmpty()) {
      // A connector that has stopped is forgotten.
      boolean left = runs.latest() != null && (server.isStopping() || server.isStopped());
      return left ? DrainPhase.DRAINED : DrainPhase.SERVING;
    }
    return leaving.stream().min(Comparator.naturalOrder()).orElseThrow();
  }

  private DrainPhase phase(Connector connector) {
    DrainRun run = registry.run(connector);
    if (run == null) {
      return DrainPhase.SERVING;
    }
    if (run.isQuiet()) {
      return DrainPhase.QUIET;
    }
    return run.done().isDone() ? DrainPhase.DRAINED : DrainPhase.DRAINING;
  }

  long millisToDeadline() {
    DrainRun run = runs.latest();
    return run == null || run.done().isDone() ? -1 : run.millisToDeadline();
  }

  List<RequestStatus> requests(int max) {
    return RequestsInFlight.oldest(registry, connectors(), max);
  }

  private Map<SessionState, Integer> states() {
    Map<SessionState, Integer> counts = new EnumMap<>(SessionState.class);
    for (SessionState state : SessionState.values()) {
      counts.put(state, 0);
    }
    registry.sessions().forEach(session -> counts.merge(session.state(), 1, Integer::sum));
    return counts;
  }

  private List<SessionStatus> sessions() {
    record Counted(TrackedSession session, int streams) {} // Read once: it changes.
    return registry.sessions().stream()
        .map(session -> new Counted(session, session.gate().inFlight()))
        .sorted(comparingInt(Counted::streams).reversed())
        .limit(DrainStatus.MAX_SESSIONS)
        .map(counted -> session(counted.session, counted.streams))
        .toList();
  }

  private static SessionStatus session(TrackedSession session, int streams) {
    return new SessionStatus(
        session.id(), name(session.connector()), session.remoteAddress(), session.state(), streams);
  }

  private ConnectorStatus connector(Connector connector) {
    return new ConnectorStatus(name(connector), port(connector), phase(connector));
  }

  static boolean isCalled(Connector connector, String nameOrPort) {
    return name(connector).equals(nameOrPort)
        || Integer.toString(port(connector)).equals(nameOrPort);
  }

  private static String name(Connector connector) {
    @Nullable String name = connector.getName();
    return name == null ? Integer.toString(port(connector)) : name;
  }

  private static int port(Connector connector) {
    return connector instanceof NetworkConnector network ? network.getLocalPort() : -1;
  }

  private List<Connector> connectors() {
    return List.of(server.getConnectors());
  }
}
