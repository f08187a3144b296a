package io.http2drain.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A client's requests, and a stop of the server while all of them are in flight.
 *
 * @param sent how many requests the client was given
 * @param run the ids of those that the server ran, as its journal has them
 * @param log of the server
 */
record StopRehearsal(int sent, ClientReport report, List<String> run, OutputLog log) {
  /** A stream may count as abandoned whose client closes as soon as it has the last byte. */
  private static final Pattern NO_STREAM_LOST =
      Pattern.compile("Drained \\d+ HTTP/2 sessions .* refused=0 .*cut=0");

  private static final Duration LIMIT = Duration.ofSeconds(40);

  /**
   * Plays it through, to the end of the server's process.
   *
   * @param directory for files of the client's own
   */
  static StopRehearsal play(
      JettyProcess jetty, ClientCase client, Workload workload, StopPath stop, Path directory)
      throws IOException, InterruptedException {
    try (RealClient real = client.client().get()) {
      Workload adapted = real.adapt(workload);
      int sent = adapted.exchanges().size();
      long begin = real.start(jetty.target(client.tls()), adapted, directory);
      jetty.journal().awaitEntries(workload.prefix(), sent, LIMIT);
      Duration until = Duration.ofNanos(System.nanoTime() - begin);
      assertTrue(
          until.compareTo(Workload.SHORTEST) < 0,
          () -> "too slow: after " + until + " not every request is in flight any more");
      stop.stop(jetty);
      ClientReport report = real.finish(LIMIT);
      ChildProcess.Exit unused = jetty.awaitExit(JettyProcess.EXIT_LIMIT);
      return new StopRehearsal(
          sent, report, jetty.journal().entries(workload.prefix()), jetty.log());
    }
  }

  /** Every request was answered in full and run once, and the server says so too. */
  void assertNothingLost() {
    assertEquals(List.of(), report.errors(), () -> report + "\n" + log);
    assertEquals(sent, report.completed(), () -> report + "\n" + log);
    assertEquals(sent, run.size(), () -> "the server ran " + run);
    assertTrue(log.find(NO_STREAM_LOST).isPresent(), log::toString);
  }
}
