package io.http2drain.bench;

import io.http2drain.StreamPathBenchmark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** JMH: nanoseconds and bytes of the admission and the completion of a stream. */
final class StreamPath implements Part {

  private static final double NANOS = 25;

  /** What JMH itself allocates in an iteration, spread over its calls, is less. */
  private static final double BYTES = 0.01;

  @Override
  public String name() {
    return "stream";
  }

  @Override
  public void run(Scale scale, Results results) throws IOException {
    boolean whole = scale.isFull();
    try {
      Collection<RunResult> runs =
          new Runner(
                  new OptionsBuilder()
                      .include(StreamPathBenchmark.class.getName())
                      .addProfiler(GCProfiler.class)
                      .jvmArgs("-Xms512m", "-Xmx512m")
                      .forks(whole ? 3 : 1)
                      .warmupIterations(whole ? 5 : 1)
                      .measurementIterations(whole ? 5 : 1)
                      .warmupTime(TimeValue.milliseconds(whole ? 1000 : 100))
                      .measurementTime(TimeValue.milliseconds(whole ? 1000 : 100))
                      .verbosity(VerboseMode.SILENT)
                      .resultFormat(ResultFormatType.JSON)
                      .result(results.directory().resolve("jmh.json").toString())
                      .build())
              .run();
      results.add(
          comparison(
              "time",
              "ns",
              scores(runs, "nothing"),
              scores(runs, "admitAndComplete"),
              Target.valueAtMost(NANOS)));
      results.add(
          comparison(
              "allocated",
              "bytes",
              bytes(runs, "nothing"),
              bytes(runs, "admitAndComplete"),
              Target.valueAtMost(BYTES)));
    } catch (RunnerException x) {
      throw new IOException("JMH", x);
    }
  }

  private Comparison comparison(
      String figure, String unit, List<Double> baseline, List<Double> ours, Target target) {
    return new Comparison(
        name(),
        "admission and completion",
        figure,
        unit,
        "an empty method",
        baseline,
        ours,
        target);
  }

  private static List<Double> scores(Collection<RunResult> runs, String method) {
    return iterations(runs, method).stream().map(i -> i.getPrimaryResult().getScore()).toList();
  }

  private static List<Double> bytes(Collection<RunResult> runs, String method) {
    return iterations(runs, method).stream()
        .map(i -> Objects.requireNonNull(i.getSecondaryResults().get("gc.alloc.rate.norm")))
        .map(result -> result.getScore())
        .toList();
  }

  private static List<IterationResult> iterations(Collection<RunResult> runs, String method) {
    List<IterationResult> iterations = new ArrayList<>();
    for (RunResult run : runs) {
      if (run.getParams().getBenchmark().endsWith("." + method)) {
        for (BenchmarkResult fork : run.getBenchmarkResults()) {
          iterations.addAll(fork.getIterationResults());
        }
      }
    }
    return iterations;
  }
}
