package io.http2drain.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** curl: one process that multiplexes all requests, or one process and connection for each. */
final class CurlClient implements RealClient {
  private static final ExternalProgram CURL = new ExternalProgram("curl", "the package curl");
  private static final Pattern RESULT = Pattern.compile("^RESULT (\\S+) (\\d+) (\\d+) ?(.*)$");

  private final String name;
  private final String protocolOption;
  private final boolean multiplexing;
  private final List<Exchange> exchanges = new ArrayList<>();
  private final List<ChildProcess> processes = new ArrayList<>();
  private Path directory = Path.of("");

  private CurlClient(String name, String protocolOption, boolean multiplexing) {
    this.name = name;
    this.protocolOption = protocolOption;
    this.multiplexing = multiplexing;
  }

  /**
   * @param protocolOption curl's option for HTTP/2, without the dashes
   */
  static CurlClient multiplexing(String name, String protocolOption) {
    return new CurlClient(name, protocolOption, true);
  }

  /**
   * For HTTP/2 without TLS: an Upgrade is for the first request of a connection only, and curl 7.88
   * fails with error 16 when it multiplexes by prior knowledge.
   */
  static CurlClient separate(String name, String protocolOption) {
    return new CurlClient(name, protocolOption, false);
  }

  @Override
  public Workload adapt(Workload workload) {
    // An Upgrade of a request with a body is the HTTP/1.1 server's choice.
    return multiplexing ? workload : workload.withoutUploads();
  }

  @Override
  public long start(Target target, Workload workload, Path files) throws IOException {
    directory = files;
    exchanges.addAll(workload.exchanges());
    List<List<String>> configs = new ArrayList<>();
    for (Exchange exchange : exchanges) {
      configs.add(request(target, exchange));
    }
    long begin = System.nanoTime();
    if (multiplexing) {
      run("parallel\n" + String.join("next\n", configs.stream().map(CurlClient::lines).toList()));
    } else {
      for (List<String> config : configs) {
        run(lines(config));
      }
    }
    return begin;
  }

  private static String lines(List<String> options) {
    return String.join("\n", options) + "\n";
  }

  private void run(String config) throws IOException {
    Path file = directory.resolve("curl-" + processes.size() + ".conf");
    Files.writeString(file, config);
    // -q: no configuration of the user's own.
    List<String> command = List.of(CURL.require(), "-q", "-K", file.toString());
    processes.add(ChildProcess.start("curl", directory, command));
  }

  private List<String> request(Target target, Exchange exchange) throws IOException {
    List<String> options = new ArrayList<>();
    options.add("url = \"" + target.uri(exchange.path()) + "\"");
    options.add(protocolOption);
    options.add("cacert = \"" + target.trust().pem() + "\"");
    options.add("noproxy = \"*\"");
    options.add("header = \"x-request-id: " + exchange.id() + "\"");
    options.add("silent");
    options.add("output = \"" + bodyOf(exchange) + "\"");
    options.add(
        "write-out = \"RESULT " + exchange.id() + " %{http_code} %{exitcode} %{errormsg}\\n\"");
    PacedUpload upload = exchange.upload();
    if (upload != null) {
      Path body = Files.write(directory.resolve(exchange.id() + ".request"), upload.body());
      options.add("data-binary = \"@" + body + "\"");
      options.add("limit-rate = " + upload.pieceBytes() * 1000L / upload.gap().toMillis());
    }
    return options;
  }

  private Path bodyOf(Exchange exchange) {
    return directory.resolve(exchange.id() + ".response");
  }

  @Override
  public ClientReport finish(Duration limit) throws IOException, InterruptedException {
    List<OutputLog.Line> lines = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (ChildProcess curl : processes) {
      ChildProcess.Exit exit = curl.awaitExit(limit);
      lines.addAll(curl.output().lines());
      if (exit.status() != 0) {
        errors.add("curl: exit status " + exit.status());
      }
    }
    int completed = 0;
    for (Exchange exchange : exchanges) {
      String error = error(exchange, lines);
      if (error == null) {
        completed++;
      } else {
        errors.add(error);
      }
    }
    return new ClientReport(name, exchanges.size(), completed, 0, errors);
  }

  private @Nullable String error(Exchange exchange, List<OutputLog.Line> lines) throws IOException {
    for (OutputLog.Line line : lines) {
      Matcher matcher = RESULT.matcher(line.text());
      if (matcher.matches() && matcher.group(1).equals(exchange.id())) {
        if (!matcher.group(3).equals("0")) {
          return exchange.id() + ": curl error " + matcher.group(3) + ": " + matcher.group(4);
        }
        int status = Integer.parseInt(matcher.group(2));
        Path body = bodyOf(exchange);
        byte[] bytes = Files.exists(body) ? Files.readAllBytes(body) : new byte[0];
        return exchange.fault(Reply.of(status, bytes));
      }
    }
    return exchange.id() + ": curl said nothing of it: " + lines;
  }

  @Override
  public void close() {
    processes.forEach(ChildProcess::close);
  }
}
