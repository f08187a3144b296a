package io.http2drain.bench;

import io.http2drain.bench.StopTrial.Clients;
import io.http2drain.bench.StopTrial.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Where a server's processor time goes while it stops: async-profiler, by samples. */
final class Profile implements Part {

  private static final List<Load> LOADS =
      List.of(
          new Load("idle, leave on FIN", Clients.STAYING, 0),
          new Load("one stream each", Clients.LEAVING, 1));

  /**
   * Of one stop, in milliseconds.
   *
   * @param all of all threads
   * @param compiler of those of the JIT compiler
   * @param write in the system call that writes
   * @param own where the nearest frame outside the JDK is ours
   */
  private record Times(double all, double compiler, double write, double own) {

    /** Of stacks as async-profiler writes them: thread, frames, a space, and how many samples. */
    static Times of(List<String> stacks) {
      long all = 0;
      long compiler = 0;
      long write = 0;
      long own = 0;
      for (String line : stacks) {
        int space = line.lastIndexOf(' ');
        long samples = Long.parseLong(line.substring(space + 1));
        List<String> frames = List.of(line.substring(0, space).split(";"));
        all += samples;
        if (frames.get(0).contains("CompilerThre")) {
          compiler += samples;
        } else if (frames.get(frames.size() - 1).endsWith("writev")) {
          write += samples;
        }
        if (isOurs(frames)) {
          own += samples;
        }
      }
      return new Times(millis(all), millis(compiler), millis(write), millis(own));
    }

    private static double millis(long samples) {
      return (double) samples * BenchServer.PROFILE_MILLIS;
    }

    private static boolean isOurs(List<String> frames) {
      for (int i = frames.size() - 1; i >= 0; i--) {
        String frame = frames.get(i);
        if (frame.startsWith("io/http2drain/")) {
          return !frame.startsWith("io/http2drain/bench/");
        }
        if (frame.startsWith("org/")) {
          return false;
        }
      }
      return false;
    }
  }

  @Override
  public String name() {
    return "profile";
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    for (Load load : LOADS) {
      Pairs<Times> pairs = new Pairs<>(Variant.STOCK);
      pairs.take(scale.rounds(), variant -> stop(variant, load, scale, results.directory()));
      String scenario = String.format(Locale.ROOT, "%,d %s", scale.mostSessions(), load.name());
      add(results, scenario, "processor time", pairs, Times::all);
      add(results, scenario, "of it in the JIT compiler", pairs, Times::compiler);
      add(results, scenario, "of it in the kernel, to write", pairs, Times::write);
      List<Double> own = pairs.ours().stream().map(Times::own).toList();
      List<Double> all = pairs.ours().stream().map(Times::all).toList();
      results.add(
          new Comparison(
              name(),
              scenario,
              "of it in code of ours",
              "ms",
              "all of ours",
              all,
              own,
              Target.none()));
    }
  }

  private void add(
      Results results,
      String scenario,
      String figure,
      Pairs<Times> pairs,
      ToDoubleFunction<Times> time) {
    List<Double> baseline = pairs.baseline().stream().map(time::applyAsDouble).toList();
    List<Double> ours = pairs.ours().stream().map(time::applyAsDouble).toList();
    if (baseline.contains(0.0)) {
      results.progress(scenario + ", " + figure + ": too short a time");
    } else {
      results.add(
          new Comparison(name(), scenario, figure, "ms", "stock", baseline, ours, Target.none()));
    }
  }

  /** Leaves the stacks, and the flame graph, of the last stop of each kind. */
  private static Times stop(Variant variant, Load load, Scale scale, Path directory)
      throws IOException, InterruptedException {
    String file = "profile-%s-%d".formatted(variant, load.streams()).toLowerCase(Locale.ROOT);
    Path stacks = directory.resolve(file + ".collapsed").toAbsolutePath();
    Path flames = directory.resolve(file + ".html").toAbsolutePath();
    try (ServerProcess server = ServerProcess.start(variant)) {
      server.warmUp(scale);
      var unused = server.ask("profile");
      var unusedTrial = StopTrial.run(server, load, scale.mostSessions(), scale);
      var unusedStacks = server.ask("stacks " + stacks);
      var unusedFlames = server.ask("flames " + flames);
    }
    return Times.of(Files.readAllLines(stacks));
  }
}
