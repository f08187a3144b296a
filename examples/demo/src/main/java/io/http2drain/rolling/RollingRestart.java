package io.http2drain.rolling;

import io.http2drain.demo.MarkdownTable;
import io.http2drain.home.JettyBase;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Restarts three servers one after the other behind a proxy under load, and prints what the proxy's
 * clients saw of it. Ends with status 1 when ours lost a request.
 *
 * <p>Arguments: {@code [--proxy haproxy|nghttpx] [--rounds N] [--stock]}. By default both proxies
 * and 10 rounds; with {@code --stock} the same with stock Jetty, beside ours.
 */
public final class RollingRestart {
  private static final String USAGE =
      "usage: run.sh [--proxy haproxy|nghttpx] [--rounds 1..100] [--stock]";

  private final PrintStream console = System.out;
  private final List<ProxyKind> proxies = new ArrayList<>();
  private int rounds = 10;
  private boolean stock;

  private RollingRestart() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    RollingRestart rolling = new RollingRestart();
    try {
      rolling.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    if (!rolling.run()) {
      System.exit(1);
    }
  }

  private void parse(List<String> arguments) {
    Iterator<String> left = arguments.iterator();
    while (left.hasNext()) {
      String option = left.next();
      switch (option) {
        case "--stock" -> stock = true;
        case "--proxy" -> proxies.add(proxy(left.hasNext() ? left.next() : ""));
        case "--rounds" -> rounds = rounds(left.hasNext() ? left.next() : "");
        default -> throw new IllegalArgumentException("unknown: " + option);
      }
    }
    if (proxies.isEmpty()) {
      proxies.addAll(List.of(ProxyKind.values()));
    }
  }

  private static ProxyKind proxy(String name) {
    for (ProxyKind kind : ProxyKind.values()) {
      if (kind.program().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("--proxy: " + name + " (expected: haproxy or nghttpx)");
  }

  private static int rounds(String value) {
    if (!value.matches("[1-9][0-9]?|100")) {
      throw new IllegalArgumentException("--rounds: " + value + " (expected: 1 to 100)");
    }
    return Integer.parseInt(value);
  }

  private boolean run() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Path directory = Files.createTempDirectory("rolling-restart");
    JettyBase ours =
        JettyBase.recipe().modules(List.of("http2c")).drain().create(directory.resolve("ours"));
    JettyBase theirs =
        stock
            ? JettyBase.recipe()
                .modules(List.of("http2c", "graceful"))
                .create(directory.resolve("stock"))
            : null;
    MarkdownTable table = table();
    long lost = 0;
    for (ProxyKind proxy : proxies) {
      RolloutResult own = rollOut(proxy, "http2-drain", Rollout.ours(proxy, ours));
      RolloutResult other =
          theirs == null ? null : rollOut(proxy, "stock", Rollout.stock(proxy, theirs));
      addRows(table, proxy, own, other);
      lost += own.lost();
    }
    console.println();
    console.println(table);
    console.println("lost: anything but a complete 2xx, as the proxy's client sees it.");
    console.println("restart: from SIGTERM to the first request of the new process, on average.");
    console.printf(
        "%d rounds, %d s.%n", rounds, Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    console.println(lost == 0 ? "The drain lost nothing." : "The drain LOST requests.");
    return lost == 0;
  }

  private RolloutResult rollOut(ProxyKind proxy, String name, Rollout rollout)
      throws IOException, InterruptedException {
    console.println(proxy.program() + " before 3 servers with " + name + ":");
    RolloutResult result = rollout.run(rounds, console);
    if (result.lost() > 0) {
      result.samples().stream().limit(10).forEach(sample -> console.println("  LOST " + sample));
      Path file = Files.createTempFile("rolling-restart-" + proxy.program(), "-" + name + ".txt");
      console.println("  Logs of proxy and servers: " + Files.writeString(file, result.toString()));
    }
    return result;
  }

  private MarkdownTable table() {
    List<String> head = new ArrayList<>(List.of("proxy", "client", "requests"));
    head.addAll(List.of("ours: made", "ok", "lost", "restart"));
    if (stock) {
      head.addAll(List.of("stock: made", "ok", "lost", "restart"));
    }
    return new MarkdownTable(3, head);
  }

  private static void addRows(
      MarkdownTable table, ProxyKind proxy, RolloutResult ours, @Nullable RolloutResult stock) {
    for (ClientProtocol protocol : ClientProtocol.values()) {
      for (String method : List.of("GET", "POST")) {
        List<String> row = new ArrayList<>(List.of(proxy.program(), protocol.label(), method));
        addCells(row, protocol, method, ours);
        if (stock != null) {
          addCells(row, protocol, method, stock);
        }
        table.add(row);
      }
    }
  }

  private static void addCells(
      List<String> row, ClientProtocol protocol, String method, RolloutResult result) {
    RolloutResult.Sum sum =
        result.sum(tally -> tally.protocol() == protocol && tally.kind().method().equals(method));
    row.add(Long.toString(sum.requests()));
    row.add(Long.toString(sum.ok()));
    row.add(sum.lost() == 0 ? "0" : "**" + sum.lost() + "**");
    row.add(result.meanRestartMillis() + " ms");
  }
}
