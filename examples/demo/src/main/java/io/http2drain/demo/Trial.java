package io.http2drain.demo;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.peer.Fate;
import io.http2drain.peer.Load;
import io.http2drain.peer.LoadResult;
import io.http2drain.peer.PeerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One server process: started, loaded, sent SIGTERM, and held to account. */
public final class Trial {

  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration EXIT = Duration.ofSeconds(60);
  private static final Duration SETTLE = Duration.ofSeconds(10);

  /** The listeners of a base that a load can go to. */
  public enum Listener {
    /** HTTP/2 over TLS, chosen by ALPN. */
    H2,
    /** Clear text, with prior knowledge. */
    H2C
  }

  private Trial() {}

  /** Runs a scenario on each of the listeners at once, and stops the server with SIGTERM. */
  public static Outcome run(Scenario scenario, JettyBase base, List<Listener> listeners)
      throws IOException, InterruptedException {
    List<String> arguments =
        scenario.properties().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .toList();
    try (JettyProcess jetty = JettyProcess.start(base, arguments.toArray(String[]::new))) {
      List<Load> loads = new ArrayList<>();
      try {
        for (Listener listener : listeners) {
          boolean tls = listener == Listener.H2;
          PeerOptions peer =
              tls
                  ? PeerOptions.h2(jetty.target(true).port())
                  : PeerOptions.h2c(jetty.target(false).port());
          loads.add(scenario.load().apply(peer));
        }
        for (Load load : loads) {
          load.awaitBusy(READY);
        }
        // Sent is not begun: the server has to have them all.
        jetty.journal().awaitEntries("", scenario.inFlight() * listeners.size(), READY);
        long signalled = jetty.terminate();
        ChildProcess.Exit exit = jetty.awaitExit(EXIT);
        List<LoadResult> results = new ArrayList<>();
        for (Load load : loads) {
          results.add(load.finish(SETTLE));
        }
        return outcome(jetty, signalled, exit, results);
      } finally {
        loads.forEach(Load::close);
      }
    }
  }

  private static Outcome outcome(
      JettyProcess jetty, long signalled, ChildProcess.Exit exit, List<LoadResult> results)
      throws IOException {
    Map<Fate, Long> counts = new EnumMap<>(Fate.class);
    Set<String> executed = new HashSet<>(jetty.journal().entries(""));
    List<String> samples = new ArrayList<>();
    int runTwice = 0;
    long lastAnswer = 0;
    for (LoadResult result : results) {
      for (Fate fate : Fate.values()) {
        counts.merge(fate, result.count(fate), Long::sum);
      }
      if (result.connectFailures() > 0) {
        throw new IllegalStateException("not all clients could connect: " + result);
      }
      runTwice += result.runTwice(executed).size();
      if (result.lastOkNanos() != 0 && result.lastOkNanos() - signalled > 0) {
        lastAnswer =
            lastAnswer == 0 ? result.lastOkNanos() : Math.max(lastAnswer, result.lastOkNanos());
      }
      samples.addAll(result.samples());
    }
    return new Outcome(
        counts,
        runTwice,
        Duration.ofNanos(exit.nanos() - signalled),
        Duration.ofNanos(lastAnswer == 0 ? -1_000_000 : exit.nanos() - lastAnswer),
        exit.status(),
        samples,
        jetty.log().toString());
  }
}
