package io.http2drain.bench;

import io.http2drain.peer.PeerOptions;
import java.io.IOException;
import java.util.List;

/** The heap of sessions that are open and idle, and what is left of those that were closed. */
final class Memory implements Part {

  private static final double BYTES = 200;

  /** What the collector may find or not find by chance, in bytes. */
  private static final double NOISE = 1 << 20;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    int sessions = scale.mostSessions();
    Pairs<Double> open = new Pairs<>(Variant.BARE);
    open.take(scale.rounds(), variant -> bytesOfAnIdleSession(variant, sessions));
    results.add(
        new Comparison(
            name(),
            "%,d idle sessions".formatted(sessions),
            "heap a session",
            "bytes",
            "stock",
            open.baseline(),
            open.ours(),
            Target.differenceAtMost(BYTES)));
    churn(sessions, scale.churned(), results);
  }

  private static double bytesOfAnIdleSession(Variant variant, int sessions)
      throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(variant)) {
      var unused = ConnectClient.run(server.port(), sessions);
      server.awaitNoConnection();
      long before = server.ask("heap");
      try (Herd herd = Herd.open(PeerOptions.h2c(server.port()), sessions)) {
        herd.awaitSettings();
        return (double) (server.ask("heap") - before) / sessions;
      }
    }
  }

  private void churn(int first, int sessions, Results results)
      throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(Variant.OURS)) {
      var unused = ConnectClient.run(server.port(), first);
      server.awaitNoConnection();
      double before = server.ask("heap");
      double seconds = ConnectClient.run(server.port(), sessions);
      server.awaitNoConnection();
      double after = server.ask("heap");
      String scenario = "%,d sessions opened and closed".formatted(sessions);
      results.progress("%s in %.0f s".formatted(scenario, seconds));
      results.add(
          new Comparison(
              name(),
              scenario,
              "heap",
              "bytes",
              "before",
              List.of(before),
              List.of(after),
              Target.differenceAtMost(NOISE)));
      results.add(
          new Comparison(
              name(),
              scenario,
              "registry",
              "sessions",
              "before",
              List.of(0.0),
              List.of((double) server.ask("sessions")),
              Target.valueAtMost(0)));
    }
  }
}
