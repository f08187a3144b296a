package io.http2drain.handover;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Clients that come at a steady pace, in bursts, whatever became of those before them: each
 * connects, sends one request over h2c, and leaves with its answer.
 */
public final class ConnectLoad implements AutoCloseable {

  /** What the ids of the requests begin with, in the server's journal. */
  public static final String PREFIX = "connect-";

  /** Less than a socket's queue holds, and a bound for the load. */
  private static final int MAX_ON_THEIR_WAY = 1000;

  private static final int BURST_MILLIS = 50;
  private static final int SAMPLES = 5;

  private final PeerOptions peer;
  private final Duration patience;
  private final ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor();

  /** Guards what follows. */
  private final Object lock = new Object();

  private final Map<ConnectFate, Long> counts = new EnumMap<>(ConnectFate.class);
  private final List<String> samples = new ArrayList<>();
  private final CompletableFuture<Void> allSettled = new CompletableFuture<>();
  private long attempts;
  private long settled;
  private long slowestNanos;
  private boolean stopped;

  /**
   * @param patience how long a client waits for its answer, from the start of its connect
   */
  public ConnectLoad(PeerOptions peer, Duration patience) {
    this.peer = peer.withRecordFrames(true);
    this.patience = patience;
  }

  /**
   * Begins; {@code perSecond} clients come each second, but for a pause while 1000 of them are on
   * their way.
   */
  public void start(int perSecond) {
    int burst = Math.max(1, perSecond * BURST_MILLIS / 1000);
    var unused = pacer.scheduleAtFixedRate(() -> connect(burst), 0, BURST_MILLIS, MILLISECONDS);
  }

  /** Lets more clients come for the next 100 ms: 300, in 20 bursts. */
  public void herd() {
    for (int i = 0; i < 20; i++) {
      var unused = pacer.schedule(() -> connect(15), 5L * i, MILLISECONDS);
    }
  }

  /** Lets a burst of clients come now; they do not wait for each other. */
  public void connect(int clients) {
    for (int i = 0; i < clients; i++) {
      attempt();
    }
  }

  private void attempt() {
    String id;
    synchronized (lock) {
      if (stopped || attempts - settled == MAX_ON_THEIR_WAY) {
        return;
      }
      id = PREFIX + ++attempts;
    }
    long begin = System.nanoTime();
    var unused =
        RawPeer.connectAsync(peer)
            .whenComplete(
                (connected, failure) -> {
                  if (connected == null) {
                    settle(id, ConnectFate.ofConnectFailure(failure), failure.toString(), begin);
                  } else {
                    ask(connected, id, begin);
                  }
                });
  }

  private void ask(RawPeer connected, String id, long begin) {
    int stream =
        connected.request("GET", "/think?ms=0&async=true", Map.of("x-request-id", id), true);
    long left = patience.toNanos() - (System.nanoTime() - begin);
    var unused =
        connected
            .response(stream)
            .copy()
            .orTimeout(Math.max(1, left), NANOSECONDS)
            .whenComplete((response, timeout) -> answered(connected, response, id, begin));
  }

  private void answered(RawPeer connected, @Nullable PeerResponse response, String id, long begin) {
    ConnectFate fate =
        response == null ? ConnectFate.NO_ANSWER : ConnectFate.of(response, connected.frames());
    settle(id, fate, response + " " + connected.frames(), begin);
    connected.close();
  }

  private void settle(String id, ConnectFate fate, String detail, long begin) {
    long nanos = System.nanoTime() - begin;
    synchronized (lock) {
      counts.merge(fate, 1L, Long::sum);
      settled++;
      if (fate == ConnectFate.ANSWERED) {
        slowestNanos = Math.max(slowestNanos, nanos);
      } else if (samples.size() < SAMPLES) {
        samples.add(id + ": " + fate.text() + " after " + nanos / 1_000_000 + " ms: " + detail);
      }
      completeIfSettled();
    }
  }

  private void completeIfSettled() {
    if (stopped && settled == attempts) {
      allSettled.complete(null);
    }
  }

  /**
   * Lets no more clients come, and waits for those on their way.
   *
   * @throws AssertionError when some are on their way for longer than any of them may be
   */
  public ConnectCount finish() throws InterruptedException {
    pacer.shutdown();
    synchronized (lock) {
      stopped = true;
      completeIfSettled();
    }
    try {
      // To connect may take 30 s more.
      allSettled.get(patience.toMillis() + 40_000, MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("clients without a fate: " + count(), e);
    }
    return count();
  }

  /** The account so far. */
  public ConnectCount count() {
    synchronized (lock) {
      return new ConnectCount(
          attempts, Map.copyOf(counts), Duration.ofNanos(slowestNanos), List.copyOf(samples));
    }
  }

  @Override
  public void close() {
    pacer.shutdownNow();
  }
}
