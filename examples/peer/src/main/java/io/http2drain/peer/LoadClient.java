package io.http2drain.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Loads a server over many connections and accounts for every stream. Each request carries {@code
 * x-request-id: runId-connection-stream}, so that the server can journal what it executed.
 *
 * <p>Methods may be called by any thread. A peer that obeys GOAWAY does not close by itself when
 * its last stream ends: that is left to the server.
 */
public final class LoadClient implements Load {
  private final LoadPlan plan;
  private final LoadTally tally;
  private final String runId;
  private final AtomicInteger nextConnection = new AtomicInteger();
  private final AtomicInteger toConnect;
  private final ConcurrentLinkedQueue<LoadConnection> connections = new ConcurrentLinkedQueue<>();

  private LoadClient(LoadPlan plan) {
    this.plan = plan;
    this.toConnect = new AtomicInteger(plan.connections());
    this.tally = new LoadTally(plan.connections());
    this.runId =
        plan.runId().isEmpty() ? UUID.randomUUID().toString().substring(0, 8) : plan.runId();
  }

  /**
   * Begins to connect, and to send once all connections are open or have failed: TLS handshakes do
   * not compete with the load. Returns at once.
   */
  public static LoadClient start(LoadPlan plan) {
    LoadClient client = new LoadClient(plan);
    for (int i = 0; i < plan.connectsInFlight(); i++) {
      client.connectNext();
    }
    return client;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Both outcomes are booked.
  private void connectNext() {
    int index = nextConnection.getAndIncrement();
    while (index < plan.connections() && tally.stopped()) {
      connected(index, null, new IllegalStateException("the load was stopped before"));
      index = nextConnection.getAndIncrement();
    }
    if (index < plan.connections()) {
      int connection = index;
      RawPeer.connectAsync(plan.peer())
          .whenComplete(
              (peer, failure) -> {
                connected(connection, peer, failure);
                connectNext();
              });
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Nothing is open yet.
  private void connected(int index, @Nullable RawPeer peer, @Nullable Throwable failure) {
    if (peer == null) {
      tally.connectFailed(index, String.valueOf(failure));
    } else {
      LoadConnection connection = new LoadConnection(plan, tally, peer, runId + "-" + index + "-");
      connections.add(connection);
      if (tally.stopped()) {
        connection.giveUp();
      }
    }
    if (toConnect.decrementAndGet() == 0) {
      connections.forEach(LoadConnection::begin);
    }
  }

  /** The first part of each {@code x-request-id}. */
  public String runId() {
    return runId;
  }

  /**
   * Waits until each connection has had its first response (CONTINUOUS) or has sent all of its
   * requests (ONCE); connections that failed to connect are not waited for.
   *
   * @throws IllegalStateException when that takes longer than {@code limit}
   */
  @Override
  public void awaitBusy(Duration limit) {
    if (!tally.awaitBusy(limit)) {
      throw new IllegalStateException("not busy within " + limit + ": " + tally);
    }
  }

  /** Opens no more streams; those that are open go on. */
  public void stopLoad() {
    tally.stop();
  }

  /**
   * Waits until every stream has its fate, at most for {@code limit}; gives up on the rest, and
   * closes all connections. Continuous load is stopped first.
   */
  @Override
  public LoadResult finish(Duration limit) {
    if (plan.mode() == LoadPlan.Mode.CONTINUOUS) {
      tally.stop();
    }
    tally.awaitSettled(limit);
    close();
    return tally.result();
  }

  /** Gives up on all open streams and closes all connections. Blocks for a moment. */
  @Override
  public void close() {
    tally.stop();
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    connections.forEach(connection -> closing.add(connection.giveUp()));
    try {
      CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the event loop hangs: " + tally, e);
    }
  }
}
