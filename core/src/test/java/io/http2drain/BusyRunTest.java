package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Http1Client;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tells a stop that its requests are served, without a look at them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BusyRunTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void endOfTheLastRequest_isTold() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      DrainRun run = drain(server);
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      assertTrue(run.isBusy());
      CompletableFuture<Void> told = run.busyUntil();
      assertFalse(told.isDone());
      server.handler.release("/hold/a");
      told.get(20, TimeUnit.SECONDS);
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      assertFalse(run.isBusy());
    }
  }

  @Test
  void cutOfASessionWithoutRequests_isTold() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c().withAckPing(false))) {
      peer.await(FrameKind.SETTINGS_ACK, LIMIT);
      DrainRun run = drain(server);
      assertTrue(run.isBusy());
      CompletableFuture<Void> told = run.busyUntil();
      assertFalse(told.isDone()); // A request may still come, up to the ping time-out.
      peer.ackPing(peer.await(FrameKind.PING, LIMIT).payload());
      peer.ackPing(
          peer.await(f -> f.kind() == FrameKind.PING && f.payload() % 16 == 2, LIMIT).payload());
      told.get(20, TimeUnit.SECONDS);
      assertFalse(run.isBusy());
    }
  }

  @Test
  void requestThatBecomesATunnel_isTold() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      TrackedSession session = session(server);
      DrainRun run = drain(server);
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      assertTrue(run.isBusy());
      CompletableFuture<Void> told = run.busyUntil();
      assertFalse(told.isDone());
      session.tunnelOpened(session.streams().get(0));
      told.get(20, TimeUnit.SECONDS);
      assertFalse(run.isBusy());
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
    }
  }

  @Test
  void endOfTheConnection_isTold() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      RawPeer peer = RawPeer.connect(server.h2c().withAckPing(false));
      peer.await(FrameKind.SETTINGS_ACK, LIMIT);
      DrainRun run = drain(server);
      assertTrue(run.isBusy());
      CompletableFuture<Void> told = run.busyUntil();
      assertFalse(told.isDone());
      peer.close();
      told.get(20, TimeUnit.SECONDS);
      assertFalse(run.isBusy());
    }
  }

  /** Otherwise a stop would look again at once, and again. */
  @Test
  void runThatOnlyHttp1KeepsBusy_tellsNothingThatIsPast() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        Http1Client http1 = new Http1Client(server.clear);
        RawPeer peer = RawPeer.connect(server.h2c())) {
      http1.get("/hold/b");
      server.handler.awaitArrival("/hold/b");
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      DrainRun run = drain(server);
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      assertTrue(run.isBusy());
      CompletableFuture<Void> told = run.busyUntil();
      server.handler.release("/hold/a");
      told.get(20, TimeUnit.SECONDS);
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      assertTrue(run.isBusy());
      assertFalse(run.busyUntil().isDone());
      server.handler.release("/hold/b");
      Eventually.await("no request is left", () -> !run.isBusy());
    }
  }

  private static TrackedSession session(DrainedServer server) {
    return server.clear.getConnectedEndPoints().stream()
        .map(endPoint -> endPoint.getConnection().getEndPoint())
        .filter(LingeringEndPoint.class::isInstance)
        .map(endPoint -> ((LingeringEndPoint) endPoint).tracked())
        .findFirst()
        .orElseThrow();
  }

  /** Without a stop: nothing else looks. */
  private static DrainRun drain(DrainedServer server) {
    TrackedSession session = session(server);
    var unused = server.drain.shutdown();
    return Objects.requireNonNull(session.drain()).run();
  }
}
