package io.http2drain.bench;

import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Many sessions of one client process, and when they were told, answered and left. */
final class Herd implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** How many connect at a time: fewer than a listener's backlog. */
  private static final int CONNECTING = 500;

  private final List<RawPeer> peers = new ArrayList<>();
  private final List<CompletableFuture<PeerResponse>> responses = new ArrayList<>();

  private Herd() {}

  /** Opens sessions; behind it each of them has written its preface. Blocks. */
  static Herd open(PeerOptions options, int sessions) throws IOException {
    Herd herd = new Herd();
    try {
      List<CompletableFuture<RawPeer>> connecting = new ArrayList<>();
      while (herd.peers.size() < sessions) {
        connecting.clear();
        for (int i = Math.min(CONNECTING, sessions - herd.peers.size()); i > 0; i--) {
          connecting.add(RawPeer.connectAsync(options));
        }
        for (CompletableFuture<RawPeer> peer : connecting) {
          herd.peers.add(peer.join());
        }
      }
      return herd;
    } catch (RuntimeException x) {
      herd.close();
      throw new IOException("cannot open " + sessions + " sessions", x);
    }
  }

  /** Blocks until the server's SETTINGS, and its acknowledgement of ours, are there. */
  void awaitSettings() {
    awaitEach(FrameKind.SETTINGS_ACK);
  }

  /** Blocks until each session has received such a frame. */
  void awaitEach(FrameKind kind) {
    peers.forEach(peer -> peer.await(kind, LIMIT));
  }

  /** Opens streams on each session. */
  void request(String path, int streams) {
    for (RawPeer peer : peers) {
      for (int i = 0; i < streams; i++) {
        responses.add(peer.response(peer.request("GET", path, Map.of(), true)));
      }
    }
  }

  /** When the last session got its first GOAWAY, as {@link System#nanoTime()}. Blocks. */
  long awaitLastAnnouncement() {
    return peers.stream()
        .mapToLong(peer -> peer.await(FrameKind.GOAWAY, LIMIT).nanoTime())
        .max()
        .orElseThrow();
  }

  /** When the last stream ended. Blocks. */
  long awaitLastEnd() {
    return responses.stream().mapToLong(response -> response.join().endNanos()).max().orElse(0);
  }

  /** How many streams have ended otherwise than with an answer; to be asked when all have. */
  long lost() {
    return responses.stream().filter(response -> response.join().fate() != Fate.OK).count();
  }

  @Override
  public void close() {
    peers.forEach(RawPeer::close);
  }
}
