package io.http2drain.home;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * nghttp, the client of nghttp2. It sends all requests on one connection and makes a table of the
 * answers; it gives every request the same headers and body, so there is no upload and one id.
 */
final class NghttpClient implements RealClient {
  private static final ExternalProgram NGHTTP =
      new ExternalProgram("nghttp", "the package nghttp2-client");

  /** id, responseEnd, requestStart, process, code, size, request path. */
  private static final Pattern ROW =
      Pattern.compile(
          "^\\s*\\d+\\s+\\+\\S+\\s+\\*?\\+\\S+\\s+\\S+\\s+(\\d+)\\s+(\\S+)\\s+(/\\S*)$");

  private final String name;
  private final List<String> options;
  private final List<Exchange> exchanges = new ArrayList<>();
  private @Nullable ChildProcess process;

  NghttpClient(String name, List<String> options) {
    this.name = name;
    this.options = options;
  }

  @Override
  public Workload adapt(Workload workload) {
    return workload.withoutUploads();
  }

  @Override
  public long start(Target target, Workload workload, Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(NGHTTP.require());
    command.addAll(List.of("--null-out", "--stat"));
    command.addAll(options);
    command.add("--header=x-request-id: " + workload.prefix() + "nghttp");
    for (Exchange exchange : workload.exchanges()) {
      exchanges.add(exchange);
      command.add(target.uri(exchange.path()).toString());
    }
    long begin = System.nanoTime();
    process = ChildProcess.start("nghttp", directory, command);
    return begin;
  }

  @Override
  public ClientReport finish(Duration limit) throws InterruptedException {
    ChildProcess nghttp = process;
    if (nghttp == null) {
      throw new IllegalStateException("not started");
    }
    ChildProcess.Exit exit = nghttp.awaitExit(limit);
    int completed = 0;
    List<String> errors = new ArrayList<>();
    for (Exchange exchange : exchanges) {
      String row = row(exchange, nghttp.output().lines());
      if (row.equals("200 " + shortSize(exchange.expected().bytes()))) {
        completed++;
      } else {
        errors.add(exchange.id() + ": nghttp: " + row);
      }
    }
    if (exit.status() != 0) {
      errors.add("nghttp: exit status " + exit.status());
    }
    if (!errors.isEmpty()) {
      errors.add(nghttp.output().toString());
    }
    return new ClientReport(name, exchanges.size(), completed, 0, errors);
  }

  private static String row(Exchange exchange, List<OutputLog.Line> lines) {
    for (OutputLog.Line line : lines) {
      Matcher matcher = ROW.matcher(line.text());
      if (matcher.matches() && matcher.group(3).equals(exchange.path())) {
        return matcher.group(1) + " " + matcher.group(2);
      }
    }
    return "no answer";
  }

  /** As nghttp prints it: whole binary units, rounded down. */
  private static String shortSize(long bytes) {
    return bytes < 1024 ? Long.toString(bytes) : bytes / 1024 + "K";
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
