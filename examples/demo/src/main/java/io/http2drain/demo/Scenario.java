package io.http2drain.demo;

import io.http2drain.peer.Load;
import io.http2drain.peer.LoadClient;
import io.http2drain.peer.LoadPlan;
import io.http2drain.peer.PeerOptions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A situation in which a server is stopped.
 *
 * @param name short, for a table
 * @param properties of the base, beyond those of every base
 * @param inFlight how many requests of each load the server must have begun to run before it is
 *     stopped
 * @param load what to start against a listener; called once for each
 */
public record Scenario(
    String name, Map<String, String> properties, int inFlight, Function<PeerOptions, Load> load) {

  private static final Duration WAN = Duration.ofMillis(50);

  /** Each connection keeps some streams of 20 ms open, opening the next as soon as one ends. */
  public static Scenario busy(int connections, int streams, Duration roundTrip) {
    String name =
        "busy, %d connections x %d, RTT %d ms"
            .formatted(connections, streams, roundTrip.toMillis());
    return requests(
        name,
        0,
        peer ->
            LoadPlan.of(peer.withAddedRoundTrip(roundTrip))
                .withConnections(connections)
                .withStreamsPerConnection(streams)
                .withMode(LoadPlan.Mode.CONTINUOUS)
                .withRequest("GET", "/think?ms=20&async=true"));
  }

  /** Requests that say nothing for a while; one connection each. */
  public static Scenario silent(int requests, Duration think) {
    return requests(
        "%d silent requests of %d s".formatted(requests, think.toSeconds()),
        requests,
        peer ->
            LoadPlan.of(peer)
                .withConnections(requests)
                .withStreamsPerConnection(1)
                .withMode(LoadPlan.Mode.ONCE)
                .withRequest("GET", "/think?ms=" + think.toMillis()));
  }

  /** Uploads of 2 MB over a WAN. */
  public static Scenario uploads() {
    return requests(
        "20 uploads of 2 MB, RTT 50 ms",
        20,
        peer ->
            LoadPlan.of(peer.withAddedRoundTrip(WAN))
                .withConnections(20)
                .withStreamsPerConnection(1)
                .withMode(LoadPlan.Mode.ONCE)
                .withRequest("POST", "/upload")
                .withUploadBytes(2_000_000));
  }

  /** Downloads of 50 MB by a reader whose windows let it have a few MB a second. */
  public static Scenario downloads() {
    return requests(
        "2 downloads of 50 MB, slow reader",
        2,
        peer ->
            LoadPlan.of(peer.withAddedRoundTrip(Duration.ofMillis(5)).withInitialWindow(256 * 1024))
                .withConnections(2)
                .withStreamsPerConnection(1)
                .withMode(LoadPlan.Mode.ONCE)
                .withRequest("GET", "/stream?chunks=800&ms=0&bytes=65536"));
  }

  /** Clients that go on opening streams whatever GOAWAY says. */
  public static Scenario deaf() {
    return requests(
        "20 clients that ignore GOAWAY",
        0,
        peer ->
            LoadPlan.of(peer.withObeyGoAway(false))
                .withConnections(20)
                .withStreamsPerConnection(1)
                .withMode(LoadPlan.Mode.CONTINUOUS)
                .withStray(Duration.ofMillis(5), 100)
                .withRequest("GET", "/think?ms=300&async=true"));
  }

  /**
   * Idle clients.
   *
   * @param lingering whether they keep their half open after the server has closed its own
   */
  public static Scenario idle(boolean lingering) {
    return new Scenario(
        lingering ? "50 idle clients that never close" : "50 idle clients",
        Map.of(),
        0,
        peer -> new IdleLoad(peer.withCloseOnFin(!lingering), 50));
  }

  private static Scenario requests(
      String name, int inFlight, Function<PeerOptions, LoadPlan> plan) {
    return new Scenario(name, Map.of(), inFlight, peer -> LoadClient.start(plan.apply(peer)));
  }

  /** The same with a property of the base. */
  public Scenario with(String property, String value) {
    Map<String, String> more = new TreeMap<>(properties);
    more.put(property, value);
    return new Scenario(name, Map.copyOf(more), inFlight, load);
  }
}
