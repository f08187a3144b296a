package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.LateClient;
import io.http2drain.rig.Scene;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Servers that have no thread to spare while they stop. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ThreadStarvationTest {

  /** Of the two connectors, each with one acceptor and one selector. */
  private static final int ACCEPTORS_AND_SELECTORS = 4;

  @Test
  void everyThreadBlocked_theStopDrains() throws Exception {
    assertDrains(pool(16), 16 - ACCEPTORS_AND_SELECTORS, true, "08a", "16 threads");
  }

  @Test
  void smallestPool_theStopDrains() throws Exception {
    int smallest = 1;
    while (!starts(pool(smallest))) {
      smallest++;
    }
    int threads = smallest - ACCEPTORS_AND_SELECTORS;
    assertDrains(
        pool(smallest), threads, true, "08b", smallest + " threads, with less none starts");
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void requestsOnVirtualThreads_theStopDrains() throws Exception {
    QueuedThreadPool pool = pool(16);
    pool.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    assertDrains(pool, 50, true, "08c", "a virtual thread for each request");
  }

  /**
   * Once this pool of Jetty's has given out all its permits, nothing is read from the connection:
   * the thread that reads goes on to run a request, and the one that replaces it gets no permit.
   * That PINGs are answered is then not seen, and late streams are not refused.
   */
  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void everyVirtualThreadBlocked_theStopDrains() throws Exception {
    int threads = 16 - ACCEPTORS_AND_SELECTORS;
    assertDrains(new VirtualThreadPool(16), threads, false, "08d", "16 virtual threads");
  }

  @Test
  void everyThreadBlockedByRequestsOfNobody_theDrainDoesNotWaitForThem() throws Exception {
    int threads = 16 - ACCEPTORS_AND_SELECTORS;
    DrainPolicy policy = DrainPolicy.DEFAULT.withLinger(100);
    try (DrainedServer server = new DrainedServer(policy, pool(16))) {
      server.server.start();
      try (RawPeer peer = RawPeer.connect(server.h2c());
          Socket silent = connect(server)) {
        awaitAccepted(server, 2);
        int[] streams = block(server, peer, 2 * threads, threads);
        for (int stream : streams) {
          peer.reset(stream, 8);
        }
        Eventually.await("reset", () -> server.drain.getStreamsInFlight() == 0);
        CompletableFuture<Void> drained = server.drain.shutdown();
        peer.await(FrameKind.FIN, Scene.LIMIT);
        assertEquals(-1, silent.getInputStream().read());
        drained.get(10, TimeUnit.SECONDS); // No handler gives up that early.
        assertEquals(threads, blocked(server, streams.length));
        assertEquals(0, server.report().cut());
        release(server, streams.length);
      }
    }
  }

  /** Without the reserve, in which a thread may stay idle while requests wait for one. */
  private static QueuedThreadPool pool(int maxThreads) {
    QueuedThreadPool pool = new QueuedThreadPool(maxThreads);
    pool.setReservedThreads(0);
    return pool;
  }

  private static boolean starts(ThreadPool pool) throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT, pool)) {
      server.server.start();
      return true;
    } catch (IllegalStateException x) {
      assertTrue(x.getMessage().startsWith("Insufficient configured threads"), x.getMessage());
      return false;
    }
  }

  private static Socket connect(DrainedServer server) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.clear.getLocalPort());
  }

  /** To accept a connection takes a thread, of which there is none in the end. */
  private static void awaitAccepted(DrainedServer server, int connections) {
    Eventually.await("accepted", () -> server.clear.getConnectedEndPoints().size() == connections);
  }

  /**
   * Stops while so many requests block a thread each.
   *
   * @param reads whether the server reads from its connections meanwhile; then as many requests
   *     again wait for a thread
   */
  private static void assertDrains(
      ThreadPool pool, int threads, boolean reads, String id, String which) throws Exception {
    DrainPolicy policy = new DrainPolicy(25_000, reads ? 10_000 : 300, 300);
    try (Scene scene = Scene.open(new DrainedServer(policy, pool))) {
      DrainedServer server = scene.server();
      RawPeer idle = scene.connect(server.h2c());
      RawPeer busy = scene.connect(server.h2c());
      Socket silent = connect(server);
      Socket late = connect(server);
      awaitAccepted(server, 4);
      int good = scene.hold(busy, "/hold/good");
      int[] streams = block(server, busy, reads ? 2 * threads : threads, threads);
      late.getOutputStream().write(LateClient.prefaceAndRequest());

      scene.stop();
      idle.await(FrameKind.FIN, Scene.LIMIT);
      assertEquals(-1, silent.getInputStream().read());
      assertEquals(streams[streams.length - 1], scene.awaitCut(busy).lastStreamId());
      if (reads) {
        int refused = busy.request("GET", "/refused", Map.of(), true);
        assertEquals(Fate.REFUSED, busy.response(refused).get(20, TimeUnit.SECONDS).fate());
      }
      scene.answered(busy, good, "/hold/good");
      assertFalse(scene.isStopped());
      release(server, streams.length);
      for (int i = 0; i < streams.length; i++) {
        scene.answered(busy, streams[i], "/block/" + i);
      }
      busy.await(FrameKind.FIN, Scene.LIMIT);
      // The server was late, not this client: it was kept beyond the linger, which closed the
      // other.
      List<String> frames = LateClient.converse(late);
      assertTrue(frames.contains("DATA 1"), frames::toString);
      scene.answered();
      scene.releaseWitness();
      scene.awaitStopped();
      assertFalse(server.handler.hasRun("/refused"));
      scene.record(
          id,
          "every thread blocked by a request" + (reads ? ", as many waiting: " : ": ") + which,
          reads
              ? "cut, REFUSED_STREAM and FIN as ever"
              : "cut after `pingTimeout` at the latest, FIN",
          "the last answer");
      silent.close();
    }
  }

  /** Sends requests, and waits until all are admitted and so many of them block a thread. */
  private static int[] block(DrainedServer server, RawPeer peer, int requests, int threads) {
    int before = server.drain.getStreamsInFlight();
    int[] streams = new int[requests];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = peer.request("GET", "/block/" + i, Map.of(), true);
    }
    Eventually.await(
        "admitted", () -> server.drain.getStreamsInFlight() == before + streams.length);
    Eventually.await("blocked", () -> blocked(server, streams.length) >= threads);
    return streams;
  }

  private static long blocked(DrainedServer server, int requests) {
    return IntStream.range(0, requests).filter(i -> server.handler.hasRun("/block/" + i)).count();
  }

  private static void release(DrainedServer server, int requests) {
    for (int i = 0; i < requests; i++) {
      server.handler.release("/block/" + i);
    }
  }
}
