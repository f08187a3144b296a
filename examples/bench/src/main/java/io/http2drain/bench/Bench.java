package io.http2drain.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Measures what a drain costs, and how fast it is, beside stock Jetty.
 *
 * <p>Takes the parts to be run, separated by commas, or {@code all}; the scale, {@code smoke} or
 * {@code full}; and the directory of the results.
 */
public final class Bench {

  private static final List<Part> PARTS =
      List.of(
          new StreamPath(),
          new Allocations(),
          Throughput.ours(),
          Throughput.control(),
          new Memory(),
          Connects.ours(),
          Connects.control(),
          new Drains(),
          new Exits(),
          new Saturated(),
          new Profile());

  private Bench() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream console = System.out;
    List<String> names = List.of(arguments[0].split(","));
    Scale scale = Scale.named(arguments[1]);
    Results results = new Results(console, Path.of(arguments[2]));
    long begin = System.nanoTime();
    List<Part> parts =
        PARTS.stream().filter(p -> names.contains("all") || names.contains(p.name())).toList();
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          "parts: " + names + " (expected: all, or of " + PARTS.stream().map(Part::name).toList());
    }
    for (Part part : parts) {
      console.println(part.name() + ":");
      part.run(scale, results);
      results.write(part.name());
    }
    console.println();
    console.println(Results.table(results.comparisons()));
    console.printf(
        "%d s; results in %s%n",
        Duration.ofNanos(System.nanoTime() - begin).toSeconds(), results.directory());
    System.exit(0); // Clients leave threads behind.
  }
}
