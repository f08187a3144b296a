package io.http2drain.rolling;

import io.http2drain.home.JettyBase;
import io.http2drain.home.OutputLog;
import io.http2drain.peer.Load;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Restarts servers one after the other behind a proxy that is under load all the time. */
public final class Rollout {
  private static final int BACKENDS = 3;
  private static final Duration READY = Duration.ofSeconds(30);
  private static final Duration SETTLE = Duration.ofSeconds(20);

  private final ProxyKind proxy;
  private final JettyBase base;
  private final Map<String, String> properties;
  private final @Nullable String readinessPath;

  private Rollout(
      ProxyKind proxy,
      JettyBase base,
      Map<String, String> properties,
      @Nullable String readinessPath) {
    this.proxy = proxy;
    this.base = base;
    this.properties = properties;
    this.readinessPath = readinessPath;
  }

  /** With the drain, and the properties that belong to the proxy. */
  public static Rollout ours(ProxyKind proxy, JettyBase base) throws IOException {
    return new Rollout(proxy, base, proxy.backendProperties(), null);
  }

  /** Stock Jetty has no readiness: it is asked for a page. */
  public static Rollout stock(ProxyKind proxy, JettyBase base) {
    return new Rollout(proxy, base, Map.of(), "/");
  }

  /**
   * Every server is restarted once a round.
   *
   * @param progress gets a line for each restart
   * @throws AssertionError when a server does not stop, start, or get requests again
   */
  public RolloutResult run(int rounds, PrintStream progress)
      throws IOException, InterruptedException {
    List<Integer> ports = FixedPorts.find(BACKENDS + 1);
    List<Integer> backendPorts = ports.subList(1, ports.size());
    try (Backends backends = Backends.start(base, backendPorts, properties);
        ProxyProcess front =
            ProxyProcess.start(
                proxy,
                ports.get(0),
                backendPorts,
                readinessPath,
                Files.createTempDirectory(base.directory(), "proxy"))) {
      RolloutResult result = rollOut(rounds, backends, front, progress);
      front.stop();
      return result;
    }
  }

  private record Client(ClientProtocol protocol, RequestKind kind, Load load) {}

  private static RolloutResult rollOut(
      int rounds, Backends backends, ProxyProcess front, PrintStream progress)
      throws IOException, InterruptedException {
    List<Client> clients = new ArrayList<>();
    try {
      for (ClientProtocol protocol : ClientProtocol.values()) {
        for (RequestKind kind : RequestKind.values()) {
          Load load = protocol.start(kind.plan(front.port(), protocol));
          clients.add(new Client(protocol, kind, load));
        }
      }
      for (Client client : clients) {
        client.load().awaitBusy(READY);
      }
      List<Restart> restarts = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        for (int i = 0; i < backends.size(); i++) {
          Restart restart = backends.restart(round, i);
          progress.println("  " + restart);
          restarts.add(restart);
        }
      }
      List<ClientTally> tallies = new ArrayList<>();
      for (Client client : clients) {
        tallies.add(ClientTally.of(client.protocol(), client.kind(), client.load().finish(SETTLE)));
      }
      List<String> proxyLog = front.log().lines().stream().map(OutputLog.Line::text).toList();
      return new RolloutResult(tallies, restarts, backends.served(), proxyLog);
    } finally {
      clients.forEach(client -> client.load().close());
    }
  }
}
