package io.http2drain.bench;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.InstalledProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One run of h2load.
 *
 * @param requests how many were answered
 * @param requestsPerSecond the same, in a second
 * @param p99Micros the time of which 99 of 100 requests took less
 */
record H2Load(long requests, double requestsPerSecond, double p99Micros) {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern RATE = Pattern.compile("finished in .*s, (?<rate>[0-9.]+) req/s");
  private static final Pattern FATES =
      Pattern.compile("(?<done>\\d+) done, (?<succeeded>\\d+) succeeded");

  /**
   * Runs it with some options, and the path of a page.
   *
   * @throws IOException when a request failed
   */
  static H2Load run(int port, String path, String... options)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("h2load", ".log");
    try {
      List<String> command = new ArrayList<>();
      command.add(
          InstalledProgram.find("h2load")
              .orElseThrow(() -> new IOException("h2load: not installed"))
              .toString());
      command.addAll(List.of(options));
      command.add("--log-file=" + log);
      command.add("http://127.0.0.1:" + port + path);
      Files.delete(log); // It appends.
      try (ChildProcess process =
          ChildProcess.start("h2load", Path.of("").toAbsolutePath(), command)) {
        process.awaitExit(LIMIT);
        String output = process.output().toString();
        Matcher rate = RATE.matcher(output);
        Matcher fates = FATES.matcher(output);
        if (!rate.find()
            || !fates.find()
            || !fates.group("done").equals(fates.group("succeeded"))) {
          throw new IOException("h2load: " + output);
        }
        return new H2Load(
            Long.parseLong(fates.group("succeeded")),
            Double.parseDouble(rate.group("rate")),
            p99(log));
      }
    } finally {
      Files.deleteIfExists(log);
    }
  }

  /** Each line has a start, a status and a time in microseconds. */
  private static double p99(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      long[] micros =
          lines
              .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf('\t') + 1)))
              .sorted()
              .toArray();
      return micros[(int) ((micros.length - 1) * 0.99)];
    }
  }
}
