package io.http2drain.soak;

import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A connection that misbehaves in a way of its own once the stop has begun. */
final class RawSoakPeer implements SoakPeer {

  /** What it does to its connection. */
  interface Misbehaviour {
    void on(RawSoakPeer peer) throws Exception;
  }

  private static final Duration LIMIT = Duration.ofSeconds(30);

  final RawPeer connection;
  private final String id;
  private final Misbehaviour misbehaviour;
  private final Map<String, CompletableFuture<PeerResponse>> responses = new LinkedHashMap<>();

  RawSoakPeer(PeerOptions options, String id, String path, Misbehaviour misbehaviour)
      throws IOException {
    this.connection = RawPeer.connect(options);
    this.id = id;
    this.misbehaviour = misbehaviour;
    connection.await(FrameKind.SETTINGS, LIMIT);
    for (int i = 0; i < 3; i++) {
      request("GET", path, true);
    }
    // The server has read all that: this is a session with streams in flight, or served.
    connection.ping(7);
    connection.await(frame -> frame.kind() == FrameKind.PING_ACK, LIMIT);
  }

  int request(String method, String path, boolean endStream) {
    String requestId = id + "-" + responses.size();
    int stream = connection.request(method, path, Map.of("x-request-id", requestId), endStream);
    responses.put(requestId, connection.response(stream));
    return stream;
  }

  /** Waits for the final GOAWAY, if the connection lives to see it. */
  void awaitCut() {
    connection.await(RawSoakPeer::isCutOrEnd, LIMIT);
  }

  private static boolean isCutOrEnd(ReceivedFrame frame) {
    boolean cut = frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() != 2147483647;
    return cut || frame.kind() == FrameKind.FIN || frame.kind() == FrameKind.CLOSED;
  }

  @Override
  public void stopBegan() throws Exception {
    misbehaviour.on(this);
  }

  @Override
  public Account end() throws Exception {
    connection.resumeReading();
    connection.close();
    Account account = Account.none();
    for (var entry : responses.entrySet()) {
      PeerResponse response = entry.getValue().get(30, TimeUnit.SECONDS);
      account.fates().merge(response.fate(), 1L, Long::sum);
      if (response.fate() == Fate.REFUSED) {
        account.refusedIds().add(entry.getKey());
      }
    }
    return account;
  }
}
