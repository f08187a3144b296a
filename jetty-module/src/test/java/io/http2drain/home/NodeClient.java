package io.http2drain.home;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Node's http2 module, one session; without TLS by prior knowledge. */
final class NodeClient implements RealClient {
  static final ExternalProgram NODE = new ExternalProgram("node", "Node.js 20 or later");
  private static final TestScript SCRIPT = new TestScript("concurrent-client.js");

  private final String name;
  private final Map<String, Exchange> exchanges = new HashMap<>();
  private @Nullable ChildProcess process;

  NodeClient(String name) {
    this.name = name;
  }

  /** The command for a script that takes an origin and a certificate as its first arguments. */
  static List<String> command(TestScript script, Target target) {
    List<String> command = new ArrayList<>();
    command.add(NODE.require());
    command.add(script.path().toString());
    command.add(target.uri("").toString());
    command.add(target.trust().pem().toString());
    return command;
  }

  @Override
  public long start(Target target, Workload workload, Path directory) throws IOException {
    List<String> command = command(SCRIPT, target);
    for (Exchange exchange : workload.exchanges()) {
      exchanges.put(exchange.id(), exchange);
      PacedUpload upload = exchange.upload();
      String body =
          upload == null
              ? ""
              : "," + upload.pieces() + "," + upload.pieceBytes() + "," + upload.gap().toMillis();
      command.add(exchange.id() + "," + exchange.path() + body);
    }
    long begin = System.nanoTime();
    process = ChildProcess.start("node", directory, command);
    return begin;
  }

  @Override
  public ClientReport finish(Duration limit) throws InterruptedException {
    ChildProcess node = process;
    if (node == null) {
      throw new IllegalStateException("not started");
    }
    ChildProcess.Exit exit = node.awaitExit(limit);
    Map<String, Exchange> open = new HashMap<>(exchanges);
    int completed = 0;
    List<String> errors = new ArrayList<>();
    for (OutputLog.Line line : node.output().lines()) {
      String[] words = line.text().split(" ", 5);
      Exchange exchange = words.length < 2 ? null : open.remove(words[1]);
      if (exchange == null || words.length < 5 || !words[0].equals("ANSWER")) {
        errors.add(line.text());
        continue;
      }
      BodyDigest body = new BodyDigest(Long.parseLong(words[3]), words[4]);
      String fault = exchange.fault(new Reply(Integer.parseInt(words[2]), body));
      if (fault == null) {
        completed++;
      } else {
        errors.add(fault);
      }
    }
    if (!open.isEmpty()) {
      errors.add("exit status " + exit.status() + " without a word of " + open.keySet());
    }
    return new ClientReport(name, exchanges.size(), completed, 0, errors);
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
