package io.http2drain.peer;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Loads a server over HTTP/1.1 and accounts for every request like {@link LoadClient}: one request
 * at a time on each of {@code connections x streamsPerConnection} connections, in clear text, until
 * it is told to stop. A connection that the server has closed between two requests is opened anew;
 * no request is ever sent twice.
 *
 * <p>Methods may be called by any thread.
 */
public final class Http1LoadClient implements Load {
  private final LoadTally tally;
  private final List<Http1Connection> connections = new ArrayList<>();

  private Http1LoadClient(LoadTally tally) {
    this.tally = tally;
  }

  /**
   * Begins to connect and to send; returns at once.
   *
   * @throws IllegalArgumentException when the plan asks for what this client cannot do: TLS, an
   *     added round trip, or all requests at once
   */
  public static Http1LoadClient start(LoadPlan plan) {
    if (plan.peer().tls() || !plan.peer().addedRoundTrip().isZero()) {
      throw new IllegalArgumentException(plan.peer() + " (expected: clear text, no added delay)");
    }
    if (plan.mode() != LoadPlan.Mode.CONTINUOUS) {
      throw new IllegalArgumentException("mode: " + plan.mode() + " (expected: CONTINUOUS)");
    }
    String runId =
        plan.runId().isEmpty() ? UUID.randomUUID().toString().substring(0, 8) : plan.runId();
    int lanes = plan.connections() * plan.streamsPerConnection();
    LoadTally tally = new LoadTally(lanes);
    Http1LoadClient client = new Http1LoadClient(tally);
    for (int i = 0; i < lanes; i++) {
      EventLoop loop = PeerConnector.loops().next();
      client.connections.add(new Http1Connection(plan, tally, loop, i, runId + "-" + i + "-"));
    }
    client.connections.forEach(Http1Connection::begin);
    return client;
  }

  /**
   * Waits until each connection has had its first response, or has failed.
   *
   * @throws IllegalStateException when that takes longer than {@code limit}
   */
  @Override
  public void awaitBusy(Duration limit) {
    if (!tally.awaitBusy(limit)) {
      throw new IllegalStateException("not busy within " + limit + ": " + tally);
    }
  }

  /**
   * Sends no more requests, waits until every one sent has its fate, at most for {@code limit},
   * gives up on the rest, and closes all connections.
   */
  @Override
  public LoadResult finish(Duration limit) {
    tally.stop();
    tally.awaitSettled(limit);
    close();
    return tally.result();
  }

  /** Gives up on what is in flight and closes all connections. Blocks for a moment. */
  @Override
  public void close() {
    tally.stop();
    connections.forEach(Http1Connection::giveUp);
  }
}
