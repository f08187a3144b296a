package io.http2drain.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.Drain;
import io.http2drain.DrainPolicy;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * To h2spec 2.1.1 a server with a drain is what stock Jetty is, case by case, idle and draining.
 *
 * <p>h2spec mostly waits for what a server does not send, so all its runs go on at once.
 */
@EnabledOnOs(
    value = OS.LINUX,
    architectures = "amd64",
    disabledReason = "the h2spec program is one for Linux on amd64")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConformanceTest {

  /**
   * Cases that pass in one run and fail in the next, on stock Jetty, too: it depends on what comes
   * first, the end of the server's answer or the next frame of h2spec.
   */
  private static final Set<String> TIMING =
      Set.of(
          "http2/5.1/5", // DATA behind END_STREAM: ignored once the stream is answered.
          "http2/5.1/11", // The same, just behind the answer.
          "http2/6.1/2", // The same.
          "http2/6.9.2/1"); // h2spec drops the DATA that it wants when it comes ahead of an ack.

  /** Past the cut a request gets RST_STREAM(REFUSED_STREAM), and these want something else. */
  private static final Set<String> REFUSED =
      Set.of(
          "http2/4.2/1", // The answer to a request.
          "http2/5.1/12", // An error behind the answer.
          "http2/5.1/13", // The same.
          "http2/6.5.3/1", // As much of an answer as the window allows.
          "http2/6.9.1/1", // The same.
          "http2/6.9.2/2", // The same.
          "http2/6.9.1/3"); // FLOW_CONTROL_ERROR on a stream, which is refused before that.

  /** RFC 9113 section 6.8: it "can discard frames" for streams above the last one. */
  private static final Set<String> DISCARDED =
      Set.of(
          "http2/5.1/2", // RST_STREAM for a stream that was never opened.
          "http2/6.4/2"); // The same.

  private static final List<String> ALL = List.of();

  /** Without the connection preface, and without what only asks whether requests are answered. */
  private static final List<String> PAST_THE_CUT =
      List.of("http2/4", "http2/5", "http2/6", "http2/7", "http2/8.2", "hpack");

  /** More than h2spec makes. */
  private static final int CONNECTIONS = 250;

  private static final long LONG_MILLIS = 600_000;

  private static final List<DrainedServer> SERVERS = new ArrayList<>();
  private static final List<Relay> RELAYS = new ArrayList<>();
  private static final List<CompletableFuture<Void>> STOPS = new ArrayList<>();

  private static List<Subject> stock;
  private static List<Subject> idle;
  private static List<Subject> announced;
  private static Subject stockWithStream;
  private static Subject cut;

  /** A port, and what h2spec has to say about it. */
  private record Subject(
      String name, boolean tls, int port, CompletableFuture<Map<String, String>> results) {

    static Subject of(String name, boolean tls, int port, List<String> sections) {
      return new Subject(
          name,
          tls,
          port,
          CompletableFuture.supplyAsync(
              () -> run(name, tls, port, sections), task -> new Thread(task, name).start()));
    }

    private static Map<String, String> run(
        String name, boolean tls, int port, List<String> sections) {
      try {
        return H2Spec.run(name, port, tls, sections);
      } catch (IOException x) {
        throw new UncheckedIOException(x);
      } catch (InterruptedException x) {
        throw new IllegalStateException(x);
      }
    }

    String once(String id) {
      return run(name + "-once", tls, port, List.of(id)).values().iterator().next();
    }

    PeerOptions peer() {
      return tls ? PeerOptions.h2(port) : PeerOptions.h2c(port);
    }
  }

  @BeforeAll
  static void begin() throws Exception {
    H2Spec.unpack();
    DrainedServer stockServer = server(DrainPolicy.DEFAULT);
    removeDrain(stockServer);
    stockServer.server.start();
    stock = subjects("stock", stockServer.clear.getLocalPort(), stockServer.secure.getLocalPort());
    Relay held = relay(stockServer.clear, new HeldStream(false));
    stockWithStream = Subject.of("stock-with-stream", false, held.port(), PAST_THE_CUT);

    DrainedServer idleServer = server(DrainPolicy.DEFAULT);
    idleServer.server.start();
    idle = subjects("idle", idleServer.clear.getLocalPort(), idleServer.secure.getLocalPort());

    // h2spec acknowledges no PING, so that its sessions stay where they are for the PING's time.
    DrainedServer announcing = server(new DrainPolicy(LONG_MILLIS, LONG_MILLIS, LONG_MILLIS));
    announcing.server.start();
    Relay clear = relay(announcing.clear, new Relay.Line() {});
    Relay secure = relay(announcing.secure, new Relay.Line() {});
    Eventually.await("accepted", () -> connections(announcing) == 2 * CONNECTIONS);
    stop(announcing);
    announced = subjects("announced", clear.port(), secure.port());

    DrainedServer cutting = server(new DrainPolicy(LONG_MILLIS, 100, LONG_MILLIS));
    cutting.server.start();
    Relay late = relay(cutting.clear, new HeldStream(true));
    for (int i = 0; i < CONNECTIONS; i++) {
      cutting.handler.awaitArrival(HeldStream.path(i));
    }
    stop(cutting);
    cut = Subject.of("cut", false, late.port(), PAST_THE_CUT);
  }

  private static DrainedServer server(DrainPolicy policy) {
    DrainedServer server = new DrainedServer(policy);
    server.wrapHandler(new Answer());
    server.clear.setIdleTimeout(LONG_MILLIS);
    server.secure.setIdleTimeout(LONG_MILLIS);
    SERVERS.add(server);
    return server;
  }

  /** Undoes {@link Drain#install}. */
  private static void removeDrain(DrainedServer server) {
    server.server.removeBean(server.drain);
    List.copyOf(server.server.getEventListeners()).stream()
        .filter(listener -> listener.getClass().getNestHost() == Drain.class)
        .forEach(server.server::removeEventListener);
  }

  private static List<Subject> subjects(String name, int clearPort, int securePort) {
    return List.of(
        Subject.of(name + "-h2c", false, clearPort, ALL),
        Subject.of(name + "-h2", true, securePort, ALL));
  }

  private static Relay relay(ServerConnector connector, Relay.Line line) throws IOException {
    Relay relay = new Relay(connector.getLocalPort(), CONNECTIONS, line);
    RELAYS.add(relay);
    return relay;
  }

  private static int connections(DrainedServer server) {
    return server.clear.getConnectedEndPoints().size()
        + server.secure.getConnectedEndPoints().size();
  }

  private static void stop(DrainedServer server) {
    STOPS.add(server.stop());
    Eventually.await("closed", () -> !server.clear.isOpen() && !server.secure.isOpen());
  }

  @AfterAll
  static void end() throws Exception {
    for (Relay relay : RELAYS) {
      relay.close();
    }
    for (DrainedServer server : SERVERS) {
      for (int i = 0; i < CONNECTIONS; i++) {
        server.handler.release(HeldStream.path(i));
      }
    }
    for (CompletableFuture<Void> stopped : STOPS) {
      stopped.get(20, TimeUnit.SECONDS);
    }
    // Not closed with a look for leaks: stock Jetty loses the buffers of header blocks that break
    // off.
    for (DrainedServer server : SERVERS) {
      server.server.stop();
      assertEquals(0, server.drain.getSessionCount());
    }
  }

  @Test
  void stockServer_hasTheFactoriesOfJetty() {
    DrainedServer server = SERVERS.get(0);
    assertSame(
        HTTP2CServerConnectionFactory.class, server.clear.getConnectionFactory("h2c").getClass());
    assertSame(
        HTTP2ServerConnectionFactory.class, server.secure.getConnectionFactory("h2").getClass());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void idleServer_passesWhatStockPasses(int listener) {
    assertAlike(stock.get(listener), idle.get(listener));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void announcedSessions_passWhatStockPasses(int listener) throws Exception {
    Subject ours = announced.get(listener);
    try (RawPeer peer = RawPeer.connect(ours.peer().withAckPing(false))) {
      peer.await(FrameKind.PING, Scene.LIMIT);
      assertEquals(List.of("GOAWAY 2147483647 0", "PING"), DrainFrames.of(peer));
    }
    assertAlike(stock.get(listener), ours);
  }

  @Test
  void sessionsPastTheCut_passWhatStockPassesButForAnswers() throws Exception {
    try (RawPeer peer = RawPeer.connect(cut.peer())) {
      int refused = peer.request("GET", "/", Map.of(), true);
      assertEquals(7, peer.response(refused).get(20, TimeUnit.SECONDS).errorCode());
    }
    Set<String> differences = differences(stockWithStream, cut);
    differences.removeAll(TIMING); // Without an answer there is nothing to be first.
    Set<String> expected = new TreeSet<>(REFUSED);
    expected.addAll(DISCARDED);
    assertEquals(expected, differences);
  }

  private static void assertAlike(Subject stock, Subject ours) {
    Set<String> differences = differences(stock, ours);
    differences.removeIf(id -> TIMING.contains(id) && areAlikeAtTimes(stock, ours, id));
    assertEquals(Set.of(), differences);
  }

  private static Set<String> differences(Subject stock, Subject ours) {
    Map<String, String> expected = stock.results().join();
    Map<String, String> actual = ours.results().join();
    print(stock.name(), expected);
    print(ours.name(), actual);
    assertEquals(expected.keySet(), actual.keySet());
    assertTrue(expected.containsValue("passed"));
    Set<String> differences = new TreeSet<>(expected.keySet());
    differences.removeIf(id -> expected.get(id).equals(actual.get(id)));
    return differences;
  }

  private static void print(String name, Map<String, String> results) {
    System.out.printf(
        "h2spec 2.1.1, %s: %d cases, %d passed, %d failed, %d skipped%n",
        name,
        results.size(),
        Collections.frequency(results.values(), "passed"),
        Collections.frequency(results.values(), "failed"),
        Collections.frequency(results.values(), "skipped"));
  }

  private static boolean areAlikeAtTimes(Subject stock, Subject ours, String id) {
    Set<String> ofStock = new HashSet<>();
    Set<String> ofOurs = new HashSet<>();
    for (int i = 0; i < 50 && Collections.disjoint(ofStock, ofOurs); i++) {
      ofStock.add(stock.once(id));
      ofOurs.add(ours.once(id));
    }
    return !Collections.disjoint(ofStock, ofOurs);
  }

  /** Answers what is not held, once the request is read to its end. */
  private static final class Answer extends Handler.Wrapper {

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (Request.getPathInContext(request).startsWith("/hold/")) {
        return super.handle(request, response, callback);
      }
      Content.Source.consumeAll(
          request,
          Callback.from(
              () -> response.write(true, ByteBuffer.allocate(1024), callback), callback::failed));
      return true;
    }
  }
}
