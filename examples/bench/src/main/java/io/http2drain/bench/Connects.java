package io.http2drain.bench;

import java.io.IOException;
import java.util.List;

/**
 * How many sessions are opened and closed in a second. As with {@link Throughput} there is a
 * control, of stock beside itself.
 *
 * @param name of the part
 * @param tested what is measured beside {@link Variant#BARE}
 */
record Connects(String name, Variant tested) implements Part {

  static Connects ours() {
    return new Connects("connect", Variant.OURS);
  }

  static Connects control() {
    return new Connects("connect-control", Variant.BARE);
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    int sessions = scale.churned() / 25; // Some seconds: shorter runs differ by a fifth.
    Pairs<Double> rates = new Pairs<>(Variant.BARE);
    Pairs<Double> cpu = new Pairs<>(Variant.BARE);
    for (int i = 0; i < scale.rounds(); i++) {
      try (ServerProcess bare = ServerProcess.start(Variant.BARE);
          ServerProcess other = ServerProcess.start(tested)) {
        for (ServerProcess server : List.of(bare, other, bare, other)) {
          var unused = ConnectClient.run(server.port(), sessions); // To be warm.
        }
        rates.take(
            scale.pairs(),
            variant -> {
              ServerProcess server = variant == Variant.OURS ? other : bare;
              server.awaitNoConnection();
              long before = server.ask("cpu");
              double seconds = ConnectClient.run(server.port(), sessions);
              server.awaitNoConnection();
              double micros = (server.ask("cpu") - before) / 1e3 / sessions;
              (variant == Variant.OURS ? cpu.ours() : cpu.baseline()).add(micros);
              return sessions / seconds;
            });
      }
      results.progress("server processes " + (i + 1) + " of " + scale.rounds());
    }
    results.add(comparison("sessions a second", "/s", rates, Target.ratioAtLeast(0.98)));
    results.add(comparison("server's CPU a session", "µs", cpu, Target.none()));
  }

  private Comparison comparison(String figure, String unit, Pairs<Double> pairs, Target target) {
    return new Comparison(
        name, "open and close", figure, unit, "stock", pairs.baseline(), pairs.ours(), target);
  }
}
