package io.http2drain.stop;

import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.home.OutputLog;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The wall clock of the server jumps while it drains. */
@Timeout(120)
class ClockJumpIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Pattern DRAINED =
      Pattern.compile(
          "Drained 2 HTTP/2 sessions in (\\d+) ms: streams completed=3 refused=0 abandoned=0 cut=1"
              + " \\[GET /think after (\\d+) ms]");

  /** By how many hours the server's wall clock is ahead of ours, as its next answer says. */
  private static long hoursAhead(RawPeer peer) throws Exception {
    int stream = peer.request("GET", "/think?ms=0", Map.of(), true);
    PeerResponse response = peer.response(stream).get(30, TimeUnit.SECONDS);
    assertEquals(Fate.OK, response.fate());
    String date = Objects.requireNonNull(response.headers().get("date"));
    ZonedDateTime theirs = ZonedDateTime.parse(date, RFC_1123_DATE_TIME);
    return Math.round(
        Duration.between(ZonedDateTime.now(ZoneOffset.UTC), theirs).toSeconds() / 3600.0);
  }

  @Test
  void clockThatJumpsADayForwardAndAnHourBack_changesNothing(@TempDir Path directory)
      throws Exception {
    WallClock clock = new WallClock(directory);
    JettyBase base =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .drain()
            .property("drain.pingTimeout", "8000")
            .property("drain.timeout", "13000")
            .create(directory.resolve("base"));
    try (JettyProcess jetty = JettyProcess.startWith(base, clock.command());
        RawPeer peer =
            RawPeer.connect(
                PeerOptions.h2(jetty.target(true).port())
                    .withAckPing(false)
                    .withCloseOnFin(false));
        RawPeer overdue = RawPeer.connect(PeerOptions.h2c(jetty.target(false).port()))) {
      assertEquals(0, hoursAhead(peer));
      int tenSeconds = peer.request("GET", "/think?ms=10000", Map.of("x-request-id", "10"), true);
      int aMinute = overdue.request("GET", "/think?ms=60000", Map.of("x-request-id", "60"), true);
      jetty.journal().awaitEntries("10", 1, LIMIT);
      jetty.journal().awaitEntries("60", 1, LIMIT);
      long signalled = jetty.terminate();
      peer.await(FrameKind.PING, LIMIT);

      // No day has passed for the PING that is out: what comes now is still served.
      clock.set("+1d");
      assertEquals(24, hoursAhead(peer));
      clock.set("-1h");
      assertEquals(-1, hoursAhead(peer));

      // And no hour is added to the time of the PING, the linger, or the drain.
      ReceivedFrame cut =
          peer.await(
              frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() != 2147483647,
              LIMIT);
      assertTrue(millis(signalled, cut.nanoTime()) >= 8000, () -> jetty.log().toString());
      assertEquals(Fate.OK, peer.response(tenSeconds).get(30, TimeUnit.SECONDS).fate());
      peer.await(FrameKind.FIN, LIMIT);
      PeerResponse reset = overdue.response(aMinute).get(30, TimeUnit.SECONDS);
      assertEquals(8, reset.errorCode()); // CANCEL
      assertTrue(millis(signalled, reset.endNanos()) >= 13000, () -> jetty.log().toString());
      assertEquals(143, jetty.awaitExit(JettyProcess.EXIT_LIMIT).status());

      // Nor do they show in what the log says.
      OutputLog.Line line = jetty.log().find(DRAINED).orElseThrow();
      Matcher times = DRAINED.matcher(line.text());
      assertTrue(times.find());
      for (int i = 1; i <= 2; i++) {
        long millis = Long.parseLong(times.group(i));
        assertTrue(millis >= 12900 && millis < 60_000, line::text);
      }
    }
  }

  private static long millis(long beginNanos, long endNanos) {
    return TimeUnit.NANOSECONDS.toMillis(endNanos - beginNanos);
  }
}
