package io.http2drain.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stop in which one peer is at fault and others are not.
 *
 * <p>The witness is a well-behaved session of its own, over TLS, with a request in flight when the
 * stop begins. While its request is held the server cannot finish stopping; after {@link
 * #releaseWitness} only the faulty peer can keep it.
 *
 * <pre>{@code
 * try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
 *   RawPeer peer = scene.connect(scene.server().h2c());
 *   int good = scene.hold(peer, "/hold/good"); // A well-behaved stream on the faulty session.
 *   scene.stop();
 *   scene.awaitCut(peer);
 *   …                                          // The fault.
 *   scene.answered(peer, good, "/hold/good");
 *   scene.releaseWitness();
 *   scene.awaitStopped();
 *   scene.record("1a", "PING never acknowledged", "GOAWAY …", "pingTimeout");
 * }
 * }</pre>
 */
public final class Scene implements AutoCloseable {

  /** How long anything may take that is bound to happen. */
  public static final Duration LIMIT = Duration.ofSeconds(20);

  private static final String WITNESS = "/hold/witness";

  private final DrainedServer server;
  private final RawPeer witness;
  private final int witnessStream;
  private CompletableFuture<Void> stopped = CompletableFuture.completedFuture(null);
  private long stopBegan;
  private long witnessReleased;
  private long stopTook = -1;
  private long heldByFault = -1;
  private boolean witnessAnswered;
  private int goodStreams;

  private Scene(DrainedServer server) throws Exception {
    this.server = server;
    this.witness = RawPeer.connect(server.h2());
    this.witnessStream = witness.request("GET", WITNESS, Map.of(), true);
    server.handler.awaitArrival(WITNESS);
  }

  /** Starts a server with this policy, and the witness. */
  public static Scene open(DrainPolicy policy) throws Exception {
    return open(new DrainedServer(policy));
  }

  /** Starts a server that was made ready before, and the witness. */
  public static Scene open(DrainedServer server) throws Exception {
    try {
      server.server.start();
      return new Scene(server);
    } catch (Throwable x) {
      server.server.stop();
      throw x;
    }
  }

  public DrainedServer server() {
    return server;
  }

  /** A peer whose session is open: its SETTINGS are exchanged. */
  public RawPeer connect(PeerOptions options) throws IOException {
    RawPeer peer = RawPeer.connect(options);
    peer.await(FrameKind.SETTINGS, LIMIT);
    return peer;
  }

  /** Sends a request for a {@code /hold/} path and waits until the server runs it. */
  public int hold(RawPeer peer, String path) throws InterruptedException {
    int stream = peer.request("GET", path, Map.of(), true);
    server.handler.awaitArrival(path);
    return stream;
  }

  /** Begins the stop; returns at once. */
  public void stop() {
    stopBegan = System.nanoTime();
    stopped = server.stop();
  }

  /** Waits for the final GOAWAY of a session. */
  public ReceivedFrame awaitCut(RawPeer peer) {
    return peer.await(
        frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() != 2147483647, LIMIT);
  }

  /** Waits until the server has answered a PING: it has read all that was sent before. */
  public void awaitRead(RawPeer peer, long payload) {
    peer.ping(payload);
    peer.await(frame -> frame.kind() == FrameKind.PING_ACK && frame.payload() == payload, LIMIT);
  }

  /**
   * Waits for a PING of the drain and acknowledges it, for a peer that leaves that to the test.
   *
   * @param number 1 and 2 stand between the announcement and the cut, 3 before the FIN
   */
  public void ackPing(RawPeer peer, int number) {
    AtomicInteger seen = new AtomicInteger();
    peer.ackPing(
        peer.await(
                frame -> frame.kind() == FrameKind.PING && seen.incrementAndGet() == number, LIMIT)
            .payload());
  }

  public boolean isStopped() {
    return stopped.isDone();
  }

  /** Releases a held request and checks that it is answered: one that others must not lose. */
  public void answered(RawPeer peer, int stream, String path) throws Exception {
    server.handler.release(path);
    PeerResponse response = peer.response(stream).get(20, TimeUnit.SECONDS);
    assertEquals(Fate.OK, response.fate(), () -> path + ": " + peer.frames());
    assertEquals("answer to " + path, response.text());
    goodStreams++;
  }

  /** A stream of a well-behaved client that the test has found answered in full by itself. */
  public void answered() {
    goodStreams++;
  }

  /** Answers the witness, which must then have lost nothing and been refused nothing. */
  public void releaseWitness() throws Exception {
    awaitCut(witness);
    witnessReleased = System.nanoTime();
    answered(witness, witnessStream, WITNESS);
    assertTrue(
        witness.frames().stream().noneMatch(frame -> frame.kind() == FrameKind.RST_STREAM),
        () -> "witness: " + witness.frames());
    witnessAnswered = true;
  }

  /** Waits for the end of the stop. */
  public void awaitStopped() throws Exception {
    awaitStopped(LIMIT.toMillis());
  }

  /** Waits this long for the end of the stop. */
  public void awaitStopped(long millis) throws Exception {
    stopped.get(millis, TimeUnit.MILLISECONDS);
    long now = System.nanoTime();
    stopTook = TimeUnit.NANOSECONDS.toMillis(now - stopBegan);
    heldByFault = TimeUnit.NANOSECONDS.toMillis(now - witnessReleased);
  }

  /**
   * Writes the row of this fault.
   *
   * @param id orders the rows, such as {@code 04b}
   * @param peerGets what the faulty peer received, as asserted by the test
   * @param bound what bounds the stop, such as {@code pingTimeout, here 100 ms}
   */
  public void record(String id, String fault, String peerGets, String bound) {
    assertTrue(witnessAnswered && stopTook >= 0, "the scene is not over");
    FaultTable.row(
        id,
        fault,
        peerGets,
        goodStreams + " of " + goodStreams + " answered",
        "%s: %d ms (%d ms behind the others)".formatted(bound, stopTook, heldByFault));
  }

  @Override
  public void close() throws Exception {
    witness.close();
    server.handler.release(WITNESS);
    server.close();
  }
}
