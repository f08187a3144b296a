package io.http2drain.bench;

import io.http2drain.bench.StopTrial.Clients;
import io.http2drain.peer.PeerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * From the last byte of the last answer to the exit of the process, beside the exit of a server
 * that has nothing of ours and no connection, from SIGTERM on.
 */
final class Exits implements Part {

  private static final int SESSIONS = 100;
  private static final double MILLIS = 50;

  @Override
  public String name() {
    return "exit";
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    for (Duration roundTrip : List.of(Duration.ZERO, Duration.ofMillis(50))) {
      Pairs<Double> pairs = new Pairs<>(Variant.BARE);
      pairs.take(
          scale.pairs(),
          variant ->
              variant == Variant.OURS ? afterTheLastAnswer(roundTrip, scale) : teardown(scale));
      long rtt = roundTrip.toMillis();
      results.add(
          new Comparison(
              name(),
              "%d sessions with a stream each, RTT %d ms".formatted(SESSIONS, rtt),
              "last byte to exit",
              "ms",
              "stock, idle",
              pairs.baseline(),
              pairs.ours(),
              Target.differenceAtMost(rtt + MILLIS)));
    }
  }

  private static double teardown(Scale scale) throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(Variant.BARE)) {
      server.warmUp(scale);
      server.awaitNoConnection();
      long begin = System.nanoTime();
      server.signal();
      return (server.awaitExit() - begin) / 1e6;
    }
  }

  private static double afterTheLastAnswer(Duration roundTrip, Scale scale)
      throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(Variant.OURS)) {
      server.warmUp(scale);
      PeerOptions options =
          Clients.LEAVING.options(PeerOptions.h2c(server.port())).withAddedRoundTrip(roundTrip);
      try (Herd herd = Herd.open(options, SESSIONS)) {
        herd.awaitSettings();
        herd.request("/hold", 1);
        var unused = server.ask("held " + SESSIONS);
        server.signal();
        long told = herd.awaitLastAnnouncement();
        server.order("release");
        long end = herd.awaitLastEnd();
        long exit = server.awaitExit();
        if (herd.lost() > 0 || end < told) {
          throw new IOException("lost: " + herd.lost() + " (expected: 0)");
        }
        return (exit - end) / 1e6;
      }
    }
  }
}
