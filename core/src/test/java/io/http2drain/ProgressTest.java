package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.LogCapture;
import io.http2drain.rig.Scene;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stop that waits does not look hung. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProgressTest {

  private static final Pattern LINE =
      Pattern.compile(
          ".*INFO .*Waiting for 1 HTTP/2 sessions with 1 streams in flight, for at most \\d+ ms more;"
              + " the oldest is GET /hold/a after \\d+ ms, from 127\\.0\\.0\\.1:\\d+");

  private static List<String> waiting(LogCapture log) {
    return log.lines().stream().filter(line -> line.contains("Waiting for")).toList();
  }

  @Test
  void stopThatWaits_saysForWhatAgainAndAgain() throws Exception {
    try (LogCapture log = new LogCapture(DrainLog.class);
        DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withProgressInterval(50));
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a?secret", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      Eventually.await("two lines", () -> waiting(log).size() >= 2);
      for (String line : waiting(log)) {
        assertTrue(LINE.matcher(line).matches(), line);
      }
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void undo_isTheLastThingThatIsSaidOfADrain() throws Exception {
    try (LogCapture log = new LogCapture(DrainLog.class);
        DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, Scene.LIMIT);
      assertTrue(server.drain.undo());
      assertTrue(report.get(20, TimeUnit.SECONDS).undone());
      server.handler.release("/hold/a"); // It leaves in its own time.
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      Eventually.await("closed", () -> server.drain.getSessionCount() == 0);
      List<String> lines = log.lines();
      assertEquals(2, lines.size(), lines::toString);
      assertTrue(lines.get(1).contains("Undid the drain of 1 HTTP/2 sessions"), lines::toString);
    }
  }

  @Test
  void noInterval_saysNothing() throws Exception {
    try (LogCapture log = new LogCapture(DrainLog.class);
        DrainedServer server =
            DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(300).withProgressInterval(0));
        RawPeer peer = RawPeer.connect(server.h2c())) {
      peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      server.stop().get(20, TimeUnit.SECONDS);
      assertEquals(List.of(), waiting(log));
      List<String> lines = log.lines();
      assertTrue(lines.get(0).contains("Draining 1 HTTP/2 sessions"), lines::toString);
      assertTrue(
          lines.get(lines.size() - 1).contains("Drained 1 HTTP/2 sessions"), lines::toString);
    }
  }
}
