package io.http2drain.rolling;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Servers of one base, each at a port of its own that it keeps over its restarts. */
final class Backends implements AutoCloseable {
  /** More than drain.timeout. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private static final Duration SERVING_LIMIT = Duration.ofSeconds(30);

  /** For few cores that are shared with the load. */
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m");

  private final JettyBase base;
  private final List<Integer> ports;
  private final List<String> properties;
  private final List<JettyProcess> running = new ArrayList<>();

  private Backends(JettyBase base, List<Integer> ports, Map<String, String> properties) {
    this.base = base;
    this.ports = ports;
    this.properties =
        properties.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  /** Starts a server at each of the ports and waits until all serve. */
  static Backends start(JettyBase base, List<Integer> ports, Map<String, String> properties)
      throws IOException, InterruptedException {
    Backends backends = new Backends(base, ports, properties);
    try {
      for (int port : ports) {
        backends.running.add(backends.launch(port));
      }
    } catch (IOException | InterruptedException | AssertionError e) {
      backends.close();
      throw e;
    }
    return backends;
  }

  private JettyProcess launch(int port) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(properties);
    arguments.add("jetty.http.port=" + port);
    return JettyProcess.start(base, QUICK_START, arguments);
  }

  int size() {
    return ports.size();
  }

  /**
   * SIGTERM, wait for the exit, start again, wait until the proxy has sent the new process a
   * request.
   */
  Restart restart(int round, int index) throws IOException, InterruptedException {
    JettyProcess old = running.get(index);
    Map<ClientProtocol, Integer> before = served(old);
    Map<ClientProtocol, Integer> othersBefore = servedByOthers(index);
    long signalled = old.terminate();
    ChildProcess.Exit exit = old.awaitExit(STOP_LIMIT);
    JettyProcess fresh = launch(ports.get(index));
    running.set(index, fresh);
    fresh.journal().awaitEntries("", 1, SERVING_LIMIT);
    long end = System.nanoTime();
    Map<ClientProtocol, Integer> meanwhile = new EnumMap<>(ClientProtocol.class);
    servedByOthers(index)
        .forEach(
            (protocol, count) -> meanwhile.put(protocol, count - count(othersBefore, protocol)));
    return new Restart(
        round,
        index,
        before,
        meanwhile,
        Duration.ofNanos(exit.nanos() - signalled),
        Duration.ofNanos(end - signalled),
        exit.status(),
        old.log());
  }

  /** How many requests of the clients each server has run since it was started. */
  List<Map<ClientProtocol, Integer>> served() throws IOException {
    List<Map<ClientProtocol, Integer>> all = new ArrayList<>();
    for (JettyProcess jetty : running) {
      all.add(served(jetty));
    }
    return all;
  }

  private Map<ClientProtocol, Integer> servedByOthers(int index) throws IOException {
    Map<ClientProtocol, Integer> sum = new EnumMap<>(ClientProtocol.class);
    for (int i = 0; i < running.size(); i++) {
      if (i != index) {
        served(running.get(i))
            .forEach((protocol, count) -> sum.merge(protocol, count, Integer::sum));
      }
    }
    return sum;
  }

  private static Map<ClientProtocol, Integer> served(JettyProcess jetty) throws IOException {
    Map<ClientProtocol, Integer> counts = new EnumMap<>(ClientProtocol.class);
    for (ClientProtocol protocol : ClientProtocol.values()) {
      counts.put(protocol, jetty.journal().entries(protocol + "-").size());
    }
    return counts;
  }

  private static int count(Map<ClientProtocol, Integer> counts, ClientProtocol protocol) {
    return counts.getOrDefault(protocol, 0);
  }

  @Override
  public void close() {
    running.forEach(JettyProcess::close);
  }
}
