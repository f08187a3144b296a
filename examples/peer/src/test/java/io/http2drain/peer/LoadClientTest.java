package io.http2drain.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LoadClientTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  static SelfSignedStore store;
  static StockServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    store = SelfSignedStore.create(directory);
    server = new StockServer(store);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static LoadPlan once(PeerOptions options) {
    return LoadPlan.of(options).withMode(LoadPlan.Mode.ONCE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void once_everyRequestAnswered_isCountedAndJournaledOnce(boolean tls) {
    LoadPlan plan =
        once(server.options(tls))
            .withConnections(20)
            .withStreamsPerConnection(10)
            .withRequest("GET", "/hello")
            .withRunId("once-" + tls);
    LoadClient client = LoadClient.start(plan);
    client.awaitBusy(LIMIT);
    LoadResult result = client.finish(LIMIT);
    assertEquals(200, result.count(Fate.OK), result::toString);
    assertEquals(200, result.total());
    assertEquals(0, result.failed());
    assertEquals(
        200, server.executed().stream().filter(id -> id.startsWith("once-" + tls)).count());
    assertTrue(server.executed().contains("once-" + tls + "-19-19"));
    assertTrue(System.nanoTime() - result.lastOkNanos() >= 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void continuous_serverStops_everyRequestHasOneFate(boolean tls) throws Exception {
    try (StockServer stopping = new StockServer(store)) {
      LoadPlan plan =
          LoadPlan.of(stopping.options(tls))
              .withConnections(10)
              .withStreamsPerConnection(5)
              .withRequest("GET", "/hello");
      LoadClient client = LoadClient.start(plan);
      client.awaitBusy(LIMIT);
      stopping.close();
      LoadResult result = client.finish(LIMIT);
      assertTrue(result.count(Fate.OK) > 50, result::toString);
      assertEquals(0, result.unanswered(), result::toString);
      assertEquals(Set.of(), result.runTwice(stopping.executed()));
      // What the server ran and what it did not run are all the requests there were.
      assertTrue(stopping.executions() <= result.total());
      assertEquals(stopping.executions(), stopping.executed().size());
      assertTrue(stopping.executions() >= result.count(Fate.OK));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void continuous_uploads_areAllAnswered(boolean tls) {
    LoadPlan plan =
        LoadPlan.of(server.options(tls))
            .withConnections(4)
            .withStreamsPerConnection(3)
            .withRequest("POST", "/digest")
            .withUploadBytes(150_000);
    LoadClient client = LoadClient.start(plan);
    client.awaitBusy(LIMIT);
    LoadResult result = client.finish(LIMIT);
    assertTrue(result.count(Fate.OK) >= 12, result::toString);
    assertEquals(result.total(), result.count(Fate.OK), result::toString);
  }

  @Test
  void once_serverAnswers503_isServerError() {
    LoadPlan plan = once(server.options(false)).withRequest("GET", "/status/503");
    LoadResult result = LoadClient.start(plan.withStreamsPerConnection(25)).finish(LIMIT);
    assertEquals(25, result.count(Fate.SERVER_ERROR), result::toString);
    assertEquals(25, result.failed());
    assertEquals(20, result.samples().size());
    assertEquals(0, result.lastOkNanos());
  }

  @Test
  void finish_noAnswerInTime_givesUpAndCountsLost() throws Exception {
    try (StockServer slow = new StockServer(store)) {
      LoadPlan plan =
          once(slow.options(false))
              .withConnections(3)
              .withStreamsPerConnection(2)
              .withRequest("GET", "/hold");
      LoadClient client = LoadClient.start(plan);
      client.awaitBusy(LIMIT);
      LoadResult result = client.finish(Duration.ofMillis(100));
      assertEquals(6, result.count(Fate.LOST), result::toString);
      assertEquals(6, result.unanswered());
    }
  }

  @Test
  void once_nobodyListens_isAConnectFailure() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    LoadClient client = LoadClient.start(once(PeerOptions.h2c(port)).withConnections(250));
    client.awaitBusy(LIMIT);
    LoadResult result = client.finish(LIMIT);
    assertEquals(250, result.connectFailures());
    assertEquals(0, result.total());
    assertEquals(20, result.samples().size());
  }

  @Test
  void awaitBusy_noResponse_failsWithNumbers() throws Exception {
    try (StockServer slow = new StockServer(store);
        LoadClient client =
            LoadClient.start(LoadPlan.of(slow.options(false)).withRequest("GET", "/hold"))) {
      IllegalStateException failure =
          assertThrows(IllegalStateException.class, () -> client.awaitBusy(Duration.ofMillis(100)));
      assertTrue(failure.toString().contains("1 not busy"), failure::toString);
    }
  }

  @Test
  void stopLoad_openStreams_stillGetTheirAnswer() throws Exception {
    try (StockServer slow = new StockServer(store)) {
      LoadPlan plan =
          LoadPlan.of(slow.options(false)).withStreamsPerConnection(4).withRequest("GET", "/hold");
      LoadClient client = LoadClient.start(plan.withMode(LoadPlan.Mode.ONCE));
      client.awaitBusy(LIMIT);
      client.stopLoad();
      slow.release();
      LoadResult result = client.finish(LIMIT);
      assertEquals(4, result.count(Fate.OK), result::toString);
    }
  }

  @Test
  void continuous_goAwayObeyed_opensNoMore() throws Exception {
    try (ScriptedServer scripted =
        new ScriptedServer(
            wire -> {
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              wire.readUntil(ScriptedServer.HEADERS);
              wire.goAway(2147483647);
              wire.status(1, ScriptedServer.END_STREAM, 200);
              wire.write(ScriptedServer.PING, 0, 0, new byte[8]);
              // A next request, written on the answer, would come within the PING's round trip.
              ScriptedServer.Frame frame = wire.read();
              while (frame.type() != ScriptedServer.PING) {
                assertFalse(frame.type() == ScriptedServer.HEADERS);
                frame = wire.read();
              }
              wire.write(ScriptedServer.PING, 0, 0, new byte[8]);
              assertEquals(ScriptedServer.PING, wire.read().type());
            })) {
      LoadClient client = LoadClient.start(LoadPlan.of(scripted.options()));
      client.awaitBusy(LIMIT);
      scripted.await();
      LoadResult result = client.finish(LIMIT);
      assertEquals(1, result.count(Fate.OK));
      assertEquals(1, result.total(), result::toString);
    }
  }

  @Test
  void continuous_goAwayRightBehindAnAnswer_nextRequestPrecedesThePingAck() throws Exception {
    try (ScriptedServer scripted =
        new ScriptedServer(
            wire -> {
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              wire.readUntil(ScriptedServer.HEADERS);
              // In one segment; the peer may go on after the answer, but not after the GOAWAY.
              wire.status(1, ScriptedServer.END_STREAM, 200);
              wire.goAway(2147483647);
              wire.write(ScriptedServer.PING, 0, 0, new byte[8]);
              assertEquals(3, wire.readUntil(ScriptedServer.HEADERS).streamId());
              assertEquals(ScriptedServer.PING, wire.read().type());
              wire.status(3, ScriptedServer.END_STREAM, 200);
              wire.write(ScriptedServer.PING, 0, 0, new byte[8]);
              assertEquals(ScriptedServer.PING, wire.read().type());
            })) {
      LoadClient client = LoadClient.start(LoadPlan.of(scripted.options()));
      client.awaitBusy(LIMIT);
      scripted.await();
      LoadResult result = client.finish(LIMIT);
      assertEquals(2, result.count(Fate.OK));
      assertEquals(2, result.total(), result::toString);
    }
  }

  @Test
  void continuous_goAwayIgnored_opensStreamsUpToTheLimit() throws Exception {
    try (ScriptedServer scripted =
        new ScriptedServer(
            wire -> {
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              wire.readUntil(ScriptedServer.HEADERS);
              wire.goAway(1);
              wire.status(1, ScriptedServer.END_STREAM, 200);
              for (int stream = 3; stream <= 61; stream += 2) {
                assertEquals(stream, wire.readUntil(ScriptedServer.HEADERS).streamId());
                if (stream <= 21) {
                  wire.reset(stream, 7);
                }
              }
            })) {
      LoadPlan plan =
          LoadPlan.of(scripted.options().withObeyGoAway(false))
              .withStray(Duration.ofMillis(1), 30)
              .withRunId("stray");
      LoadClient client = LoadClient.start(plan);
      scripted.await();
      LoadResult result = client.finish(LIMIT);
      assertEquals(1, result.count(Fate.OK), result::toString);
      // 10 by RST_STREAM(REFUSED_STREAM), 20 by GOAWAY and the close.
      assertEquals(30, result.count(Fate.REFUSED), result::toString);
      assertEquals(31, result.total());
      assertEquals(Set.of("stray-0-61"), result.runTwice(Set.of("stray-0-1", "stray-0-61")));
    }
  }

  @Test
  void runTwice_refusedYetExecuted_isNamed() {
    LoadResult result =
        new LoadResult(Map.of(Fate.REFUSED, 2L), Set.of("r-0-3", "r-0-5"), 0, 0, 0, List.of());
    assertEquals(Set.of("r-0-5"), result.runTwice(Set.of("r-0-1", "r-0-5")));
    assertEquals(0, result.failed());
    assertEquals(2, result.total());
  }
}
