package io.http2drain;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server is waiting for, at one moment. Made by {@link Drain#status()}; of what other
 * threads do meanwhile some is in it and some is not.
 *
 * @param phase of the server: of the connector that is least far, once one of them is leaving
 * @param ready whether the server wants new traffic: it is started, and no connector is leaving
 * @param stopping whether a stop is under way, which cannot be undone
 * @param elapsedMillis since the drain began; -1 when there is none
 * @param remainingMillis until what is in flight is cut; -1 when no deadline is running
 * @param sessionCount open HTTP/2 sessions
 * @param sessionStates how many of them are in which state
 * @param streamsInFlight admitted HTTP/2 streams that have not ended
 * @param account of the present drain so far, or of the last one; null before the first
 * @param connectors those that speak HTTP/2
 * @param sessions the open sessions, at most {@value #MAX_SESSIONS}: those with the most streams in
 *     flight first
 * @param requests the requests in flight, oldest first, at most {@value #MAX_REQUESTS}; those of
 *     HTTP/1.1 on the same connectors among them
 * @param timeline of the present drain, or of the last one
 */
public record DrainStatus(
    DrainPhase phase,
    boolean ready,
    boolean stopping,
    long elapsedMillis,
    long remainingMillis,
    int sessionCount,
    Map<SessionState, Integer> sessionStates,
    int streamsInFlight,
    @Nullable DrainReport account,
    List<ConnectorStatus> connectors,
    List<SessionStatus> sessions,
    List<RequestStatus> requests,
    DrainTimeline timeline) {

  /** How many sessions a status names. */
  public static final int MAX_SESSIONS = 500;

  /** How many requests a status names. */
  public static final int MAX_REQUESTS = 100;

  public DrainStatus {
    sessionStates = Collections.unmodifiableMap(new TreeMap<>(sessionStates));
    connectors = List.copyOf(connectors);
    sessions = List.copyOf(sessions);
    requests = List.copyOf(requests);
  }

  /** As JSON, with these names; times are in milliseconds. */
  public String toJson() {
    return DrainJson.of(this);
  }
}
