package io.http2drain.handover;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.peer.PeerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Server processes that follow each other on one port, under a load of new connections. */
final class HandoverRun {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** That many requests have to reach a new process before the old one is stopped. */
  private static final int SHARE = 20;

  private static final int SIGTERM_STATUS = 143;

  private final HandoverMode mode;
  private final JettyBase base;
  private final List<Integer> served = new ArrayList<>();
  private int port;

  HandoverRun(HandoverMode mode, JettyBase base) {
    this.mode = mode;
    this.base = base;
  }

  /**
   * @param perSecond clients that come each second
   * @param progress is told the number of handovers done
   */
  HandoverResult run(int handovers, int perSecond, IntConsumer progress)
      throws IOException, InterruptedException {
    String migrate = MigrateSetting.current();
    TcpCounters before = TcpCounters.read();
    JettyProcess current = mode.start(base, 0);
    try {
      port = current.target(false).port();
      try (ConnectLoad load = new ConnectLoad(PeerOptions.h2c(port), PATIENCE)) {
        load.start(perSecond);
        for (int done = 0; done < handovers; done++) {
          current.journal().awaitEntries(ConnectLoad.PREFIX, SHARE, LIMIT);
          current = handOver(current, load);
          progress.accept(done + 1);
        }
        current.journal().awaitEntries(ConnectLoad.PREFIX, SHARE, LIMIT);
        ConnectCount count = load.finish();
        stop(current);
        TcpCounters counters = TcpCounters.read().since(before);
        return new HandoverResult(mode, migrate, handovers, count, counters, List.copyOf(served));
      }
    } finally {
      current.close();
    }
  }

  private JettyProcess handOver(JettyProcess old, ConnectLoad load)
      throws IOException, InterruptedException {
    try (old) {
      if (!mode.overlapping()) {
        load.herd();
        stop(old);
        return mode.start(base, port);
      }
      JettyProcess next = mode.start(base, port);
      try {
        next.journal().awaitEntries(ConnectLoad.PREFIX, SHARE, LIMIT);
        load.herd();
        stop(old);
        return next;
      } catch (IOException | InterruptedException | AssertionError e) {
        next.close();
        throw e;
      }
    }
  }

  private void stop(JettyProcess jetty) throws IOException, InterruptedException {
    long unused = jetty.terminate();
    ChildProcess.Exit exit = jetty.awaitExit(LIMIT);
    if (exit.status() != SIGTERM_STATUS) {
      throw new AssertionError("exit status " + exit.status() + ":\n" + jetty.log());
    }
    served.add(jetty.journal().entries(ConnectLoad.PREFIX).size());
  }
}
