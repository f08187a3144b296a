package io.http2drain;

import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.server.Connector;

/** Finds the oldest requests in flight on some connectors, of HTTP/2 and of HTTP/1.1. */
final class RequestsInFlight {

  private static final Comparator<RequestStatus> OLDEST_FIRST =
      comparingLong(RequestStatus::ageMillis).reversed();

  private RequestsInFlight() {}

  /** Costs about as much as to print a line for each session. */
  static List<RequestStatus> oldest(
      SessionRegistry registry, Collection<Connector> connectors, int max) {
    List<RequestStatus> requests = new ArrayList<>();
    // Streams of a session come in the order of their ids. So whoever is among the oldest belongs
    // to one of the sessions whose first stream is.
    record Candidate(TrackedSession session, List<Stream> streams, RequestStatus first) {}
    List<Candidate> candidates = new ArrayList<>();
    for (TrackedSession session : registry.sessions()) {
      if (session.gate().inFlight() == 0 || !connectors.contains(session.connector())) {
        continue;
      }
      List<Stream> streams = new ArrayList<>(session.streams());
      if (!streams.isEmpty()) {
        streams.sort(Comparator.comparingInt(Stream::getId));
        candidates.add(new Candidate(session, streams, status(session, streams.get(0))));
      }
    }
    candidates.stream()
        .sorted(Comparator.comparing(Candidate::first, OLDEST_FIRST))
        .limit(max)
        .forEach(
            candidate ->
                candidate.streams.stream()
                    .limit(max)
                    .map(stream -> status(candidate.session, stream))
                    .forEach(requests::add));
    for (Connector connector : connectors) {
      RequestWatch watch = RequestWatch.of(connector);
      if (watch != null) {
        requests.addAll(watch.requests(connector));
      }
    }
    return requests.stream().sorted(OLDEST_FIRST).limit(max).toList();
  }

  private static RequestStatus status(TrackedSession session, Stream stream) {
    StreamDescription description = StreamDescription.of(stream);
    return new RequestStatus(
        description.method(),
        description.path(),
        description.ageMillis(),
        "HTTP/2.0",
        session.remoteAddress(),
        session.id(),
        stream.getId());
  }
}
