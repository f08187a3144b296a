package io.http2drain.bench;

import io.http2drain.peer.PeerOptions;
import java.io.IOException;

/** Sessions are told although every thread of the pool is blocked in a request. */
final class Saturated implements Part {

  private static final int THREADS = 50;
  private static final double MILLIS = 1000;

  @Override
  public String name() {
    return "saturated";
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    int sessions = scale.mostSessions();
    Pairs<Double> pairs = new Pairs<>(Variant.STOCK);
    pairs.take(scale.pairs(), variant -> tellTheLast(variant, sessions, scale));
    results.add(
        new Comparison(
            name(),
            "%,d idle sessions, %d threads, all blocked".formatted(sessions, THREADS),
            "told the last",
            "ms",
            "stock",
            pairs.baseline(),
            pairs.ours(),
            Target.valueAtMost(MILLIS)));
  }

  private static double tellTheLast(Variant variant, int sessions, Scale scale)
      throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(variant, THREADS)) {
      server.warmUp(scale);
      PeerOptions options = PeerOptions.h2c(server.port());
      try (Herd idle = Herd.open(options, sessions);
          Herd blocking = Herd.open(options, 2 * THREADS)) {
        idle.awaitSettings();
        blocking.awaitSettings();
        blocking.request("/block", 1);
        var unusedToo = server.ask("saturated");
        server.awaitCompiled(scale);
        server.order("stop");
        long begin = server.told("stopping");
        long told = idle.awaitLastAnnouncement();
        server.order("release");
        var unused = server.told("stopped");
        return (told - begin) / 1e6;
      }
    }
  }
}
