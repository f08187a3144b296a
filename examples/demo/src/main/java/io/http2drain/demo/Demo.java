package io.http2drain.demo;

import io.http2drain.home.JettyBase;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The main job, shown: stops stock Jetty and ours under the same loads, and prints what became of
 * the requests. Ends with status 1 when ours lost a request or ran one twice.
 */
public final class Demo {

  private static final List<Scenario> SCENARIOS =
      List.of(
          Scenario.busy(25, 5, Duration.ZERO),
          Scenario.busy(25, 5, Duration.ofMillis(50)),
          Scenario.busy(1000, 1, Duration.ZERO),
          Scenario.silent(10, Duration.ofSeconds(3)),
          Scenario.uploads(),
          Scenario.downloads(),
          Scenario.deaf(),
          Scenario.idle(true));

  private Demo() {}

  /**
   * Takes no arguments; the build's output is found as {@link io.http2drain.home.BuildOutput} says.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream console = System.out;
    Path directory = Files.createTempDirectory("http2-drain-demo");
    long begin = System.nanoTime();
    console.println("Two bases of jetty-home, each with HTTP/2 over TLS and in clear text:");
    console.println("  stock: modules https, http2, http2c, graceful");
    console.println("  ours:  modules https, http2, http2c, http2-drain");
    console.println("Each scenario loads both listeners at once, then the server gets SIGTERM.");
    JettyBase stock =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .modules(List.of("graceful"))
            .create(directory.resolve("stock"));
    JettyBase ours =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .drain()
            .create(directory.resolve("ours"));
    ResultTable table = new ResultTable();
    boolean good = true;
    for (int i = 0; i < SCENARIOS.size(); i++) {
      Scenario scenario = SCENARIOS.get(i);
      console.printf("[%d/%d] %s x 2 listeners", i + 1, SCENARIOS.size(), scenario.name());
      console.print(": stock … ");
      console.flush();
      Outcome theirs = Trial.run(scenario, stock, List.of(Trial.Listener.values()));
      console.print("ours … ");
      console.flush();
      Outcome own = Trial.run(scenario, ours, List.of(Trial.Listener.values()));
      boolean lossless = own.lost() == 0 && own.runTwice() == 0;
      console.println(lossless ? "done" : "LOST: " + own.samples());
      good &= lossless;
      table.add(scenario, theirs, own);
    }
    console.println();
    console.println(table);
    console.println("ok: answered in full.  lost: an error, half an answer, or none.");
    console.println(
        "retry: told that the request was not run, so that the client may send it again.");
    console.println("run twice: told so although it was run.  stop: from SIGTERM to process exit.");
    console.printf("%d s.%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    if (!good) {
      console.println("The drain LOST requests.");
      System.exit(1);
    }
    console.println("The drain lost nothing.");
  }
}
