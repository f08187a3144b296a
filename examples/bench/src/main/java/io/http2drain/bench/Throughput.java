package io.http2drain.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Requests while nothing drains, beside a server that has nothing of ours, nor a graceful module.
 * The same with two of the latter shows what chance alone makes of it.
 *
 * @param name of the part
 * @param tested what is measured beside {@link Variant#BARE}
 */
record Throughput(String name, Variant tested) implements Part {

  /** How often the same two processes are measured: they differ more than their measurements. */
  private static final int ROUNDS = 2;

  /** What h2load is told. */
  private record Load(String name, String path, List<String> options) {

    String[] options(String duration) {
      List<String> all = new ArrayList<>(options);
      all.addAll(List.of("-D", duration));
      return all.toArray(String[]::new);
    }
  }

  /** One run of h2load, and the processor time of the server for each of its requests. */
  private record Sample(double requestsPerSecond, double p99Micros, double cpuMicros) {

    static Sample mean(List<Sample> samples) {
      return new Sample(
          mean(samples, Sample::requestsPerSecond),
          mean(samples, Sample::p99Micros),
          mean(samples, Sample::cpuMicros));
    }

    /** Geometric: a ratio of such means is the mean of the ratios. */
    private static double mean(List<Sample> samples, ToDoubleFunction<Sample> value) {
      return Math.exp(
          samples.stream()
              .mapToDouble(s -> Math.log(value.applyAsDouble(s)))
              .average()
              .orElseThrow());
    }
  }

  static Throughput ours() {
    return new Throughput("throughput", Variant.OURS);
  }

  static Throughput control() {
    return new Throughput("throughput-control", Variant.BARE);
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    Path content = Files.write(Files.createTempFile("upload", ""), new byte[BenchHandler.MEGABYTE]);
    Map<Load, Pairs<Sample>> samples = new LinkedHashMap<>();
    for (Load load : loads(content)) {
      samples.put(load, new Pairs<>(Variant.BARE));
    }
    for (int i = 0; i < scale.pairs(); i++) {
      try (ServerProcess bare = ServerProcess.start(Variant.BARE);
          ServerProcess other = ServerProcess.start(tested)) {
        bare.warmUp(scale);
        other.warmUp(scale);
        for (Map.Entry<Load, Pairs<Sample>> entry : samples.entrySet()) {
          Load load = entry.getKey();
          // To be warm in this, too.
          var unused = H2Load.run(bare.port(), load.path(), load.options("1"));
          var unusedToo = H2Load.run(other.port(), load.path(), load.options("1"));
          entry
              .getValue()
              .take(
                  ROUNDS,
                  variant -> sample(variant == Variant.OURS ? other : bare, load, scale.seconds()));
        }
      }
      results.progress("server processes " + (i + 1) + " of " + scale.pairs());
    }
    samples.forEach((load, pairs) -> add(load, pairs, results));
    add(new Load("all loads, geometric mean", "", List.of()), mean(samples.values()), results);
    Files.delete(content);
  }

  /** Of the first pair of each load, of the second, and so on: what single loads do not show. */
  private static Pairs<Sample> mean(Collection<Pairs<Sample>> loads) {
    Pairs<Sample> means = new Pairs<>(Variant.BARE);
    int pairs = loads.iterator().next().ours().size();
    for (int i = 0; i < pairs; i++) {
      int pair = i;
      means.baseline().add(Sample.mean(loads.stream().map(l -> l.baseline().get(pair)).toList()));
      means.ours().add(Sample.mean(loads.stream().map(l -> l.ours().get(pair)).toList()));
    }
    return means;
  }

  private static List<Load> loads(Path content) {
    List<Load> loads = new ArrayList<>();
    for (int connections : List.of(1, 10, 100)) {
      for (int streams : List.of(1, 10, 100)) {
        loads.add(
            new Load(
                "GET, %d connections x %d streams".formatted(connections, streams),
                "/",
                List.of("-c", "" + connections, "-m", "" + streams)));
      }
    }
    // Windows of 16 MB, as browsers have.
    List<String> large = List.of("-c", "10", "-m", "1", "-w", "24", "-W", "24");
    loads.add(new Load("download of 1 MB, 10 connections", "/download", large));
    List<String> upload = new ArrayList<>(large);
    upload.addAll(List.of("-d", content.toString()));
    loads.add(new Load("upload of 1 MB, 10 connections", "/upload", upload));
    return loads;
  }

  private static Sample sample(ServerProcess server, Load load, int seconds)
      throws IOException, InterruptedException {
    long before = server.ask("cpu");
    H2Load run = H2Load.run(server.port(), load.path(), load.options("" + seconds));
    return new Sample(
        run.requestsPerSecond(),
        run.p99Micros(),
        (server.ask("cpu") - before) / 1e3 / run.requests());
  }

  private void add(Load load, Pairs<Sample> pairs, Results results) {
    results.add(
        comparison(
            load,
            "requests a second",
            "/s",
            pairs,
            Sample::requestsPerSecond,
            Target.ratioAtLeast(0.99)));
    results.add(comparison(load, "p99", "µs", pairs, Sample::p99Micros, Target.ratioAtMost(1.02)));
    results.add(
        comparison(load, "server's CPU a request", "µs", pairs, Sample::cpuMicros, Target.none()));
  }

  private Comparison comparison(
      Load load,
      String figure,
      String unit,
      Pairs<Sample> pairs,
      ToDoubleFunction<Sample> value,
      Target target) {
    return new Comparison(
        name,
        load.name(),
        figure,
        unit,
        "stock",
        pairs.baseline().stream().map(value::applyAsDouble).toList(),
        pairs.ours().stream().map(value::applyAsDouble).toList(),
        target);
  }
}
