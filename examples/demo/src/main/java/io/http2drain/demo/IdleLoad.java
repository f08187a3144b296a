package io.http2drain.demo;

import io.http2drain.peer.Fate;
import io.http2drain.peer.Load;
import io.http2drain.peer.LoadResult;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Connections that had one request each, and now only keep open, as browsers do. */
final class IdleLoad implements Load {

  private final List<CompletableFuture<RawPeer>> connecting = new ArrayList<>();
  private final List<RawPeer> peers = new ArrayList<>();
  private final List<PeerResponse> responses = new ArrayList<>();

  IdleLoad(PeerOptions options, int connections) {
    for (int i = 0; i < connections; i++) {
      connecting.add(RawPeer.connectAsync(options));
    }
  }

  @Override
  public void awaitBusy(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    for (CompletableFuture<RawPeer> peer : connecting) {
      peers.add(await(peer, deadline));
    }
    for (RawPeer peer : peers) {
      int stream = peer.request("GET", "/think?ms=0", Map.of(), true);
      responses.add(await(peer.response(stream), deadline));
    }
  }

  private static <T> T await(CompletableFuture<T> future, long deadline) {
    try {
      return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException x) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(x);
    } catch (ExecutionException | TimeoutException x) {
      throw new IllegalStateException("an idle client did not get ready", x);
    }
  }

  @Override
  public LoadResult finish(Duration limit) {
    close();
    Map<Fate, Long> counts = new EnumMap<>(Fate.class);
    for (Fate fate : Fate.values()) {
      counts.put(fate, responses.stream().filter(r -> r.fate() == fate).count());
    }
    return new LoadResult(counts, Set.of(), 0, 0, 0, List.of());
  }

  @Override
  public void close() {
    peers.forEach(RawPeer::close);
  }
}
