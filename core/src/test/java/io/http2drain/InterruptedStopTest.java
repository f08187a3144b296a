package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.LogCapture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that is interrupted while it stops is in haste: the drain ends at once, in order. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InterruptedStopTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Stops on a thread of its own; completes with whether that was interrupted in the end. */
  private static final class Stopping extends Thread {

    private final LifeCycle stopped;
    private final boolean interruptedBefore;
    final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

    Stopping(LifeCycle stopped, boolean interruptedBefore) {
      super("stop");
      this.stopped = stopped;
      this.interruptedBefore = interruptedBefore;
      setDaemon(true);
      start();
    }

    @Override
    public void run() {
      if (interruptedBefore) {
        interrupt();
      }
      try {
        stopped.stop();
        interrupted.complete(isInterrupted());
      } catch (Throwable x) {
        interrupted.completeExceptionally(x);
      }
    }
  }

  private static void assertCut(DrainedServer server, RawPeer peer, int stream) throws Exception {
    PeerResponse response = peer.response(stream).get(20, TimeUnit.SECONDS);
    assertEquals(Fate.RESET, response.fate());
    assertEquals(8, response.errorCode()); // CANCEL
    assertEquals(1, server.report().cut());
    assertTrue(server.report().cutStreams().get(0).startsWith("GET /hold/a after"));
  }

  @Test
  void interruptDuringTheDrain_cutsWhatIsInFlightAndSaysSo() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c());
        LogCapture log = new LogCapture(DrainLog.class)) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      Stopping stopping = new Stopping(server.server, false);
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
      stopping.interrupt();
      assertCut(server, peer, held);
      assertTrue(stopping.interrupted.get(20, TimeUnit.SECONDS), "the interrupt was swallowed");
      assertTrue(server.server.isStopped(), server.server::getState);
      List<String> lines = log.lines();
      assertEquals(3, lines.size(), lines::toString);
      assertTrue(lines.get(1).endsWith("Interrupted: the drain ends now"), lines.get(1));
      assertTrue(lines.get(2).contains("WARN") && lines.get(2).contains("cut=1"), lines.get(2));
    }
  }

  @Test
  void interruptBeforeTheStop_cutsAtOnce() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      Stopping stopping = new Stopping(server.server, true);
      assertCut(server, peer, held);
      assertTrue(stopping.interrupted.get(20, TimeUnit.SECONDS), "the interrupt was swallowed");
    }
  }

  @Test
  void interruptOfAConnectorsStop_cutsThatConnectorOnly() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c());
        RawPeer staying = RawPeer.connect(server.h2())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      Stopping stopping = new Stopping(server.clear, false);
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
      stopping.interrupt();
      assertCut(server, peer, held);
      assertTrue(stopping.interrupted.get(20, TimeUnit.SECONDS), "the interrupt was swallowed");
      int stream = staying.request("GET", "/", Map.of(), true);
      assertEquals(Fate.OK, staying.response(stream).get(20, TimeUnit.SECONDS).fate());
    }
  }
}
