package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.FaultTable;
import io.http2drain.rig.LateClient;
import io.http2drain.rig.Scene;
import io.http2drain.rig.TlsClient;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that open while a drain begins, and in each phase of it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OpeningRaceTest {

  private static final int OPENINGS = 500; // In each cycle.
  private static final int OVER_TLS = 50; // Of these.

  /** No time-out may stand in for what a slow machine is late with. */
  private static final DrainPolicy POLICY = new DrainPolicy(25_000, 15_000, 15_000);

  /** The ways in which a drain begins. */
  enum Leave {
    /** The listeners close. */
    SERVER_STOP("07b", "the server stops", 10) {
      @Override
      CompletableFuture<?> begin(DrainedServer server) {
        return server.stop();
      }
    },
    /** Each connector by itself; the listeners close. */
    CONNECTOR_SHUTDOWN("07c", "its connectors are shut down", 5) {
      @Override
      CompletableFuture<?> begin(DrainedServer server) {
        return CompletableFuture.allOf(server.clear.shutdown(), server.secure.shutdown());
      }
    },
    /** The listeners stay open: who connects late is accepted, and drained, too. */
    GRACEFUL_SHUTDOWN("07d", "it drains with open listeners", 5) {
      @Override
      CompletableFuture<?> begin(DrainedServer server) {
        return server.drain.shutdown();
      }
    };

    final String id;
    final String what;
    final int cycles;

    Leave(String id, String what, int cycles) {
      this.id = id;
      this.what = what;
      this.cycles = cycles;
    }

    abstract CompletableFuture<?> begin(DrainedServer server);
  }

  @ParameterizedTest
  @EnumSource
  void sessionsThatOpenWhileTheDrainBegins_areAllDrained(Leave leave) throws Exception {
    int drained = 0;
    long longest = 0;
    for (int cycle = 0; cycle < leave.cycles; cycle++) {
      // It begins earlier or later among the openings.
      Cycle ended = drain(leave, OPENINGS * (cycle + 1) / (leave.cycles + 1));
      drained += ended.drained();
      longest = Math.max(longest, ended.report().elapsed().toMillis());
    }
    FaultTable.row(
        leave.id,
        "%d clients connect while %s, %d times".formatted(OPENINGS, leave.what, leave.cycles),
        "all %d that were accepted: an answer, GOAWAY, FIN".formatted(drained),
        "-",
        "their answers: at most %d ms".formatted(longest));
  }

  private record Cycle(int drained, DrainReport report) {}

  /** Opens connections, begins to drain when so many are open, and accounts for every one. */
  private static Cycle drain(Leave leave, int open) throws Exception {
    try (DrainedServer server = new DrainedServer(POLICY)) {
      Accepts accepts = new Accepts(server);
      server.clear.setAcceptQueueSize(1024);
      server.secure.setAcceptQueueSize(1024);
      server.server.start();
      CountDownLatch connected = new CountDownLatch(open);
      List<Opening> openings = new ArrayList<>();
      for (int i = 0; i < OPENINGS; i++) {
        boolean tls = i % (OPENINGS / OVER_TLS) == 0;
        openings.add(new Opening(tls ? server.h2() : server.h2c(), connected));
      }
      await(connected);
      CompletableFuture<?> left = leave.begin(server);
      int drained = 0;
      for (Opening opening : openings) {
        if (opening.wasDrained(accepts)) {
          drained++;
        }
      }
      left.get(20, TimeUnit.SECONDS);
      server.server.stop();
      assertEquals(drained, accepts.count());
      DrainReport report = server.report();
      if (leave
          == Leave.SERVER_STOP) { // Else a second drain may have begun, or sessions come after.
        assertEquals(drained, report.sessions());
      }
      assertEquals(0, report.refused() + report.abandoned() + report.cut());
      return new Cycle(drained, report);
    }
  }

  /** One client that connects, and sends a request as soon as it can. */
  private static final class Opening {

    private final PeerOptions server;
    private final CompletableFuture<RawPeer> connecting;
    private final CompletableFuture<PeerResponse> answer;

    Opening(PeerOptions server, CountDownLatch connected) {
      this.server = server;
      connecting = RawPeer.connectAsync(server);
      // On the event loop, which has yet to read the first byte.
      answer =
          connecting.thenCompose(
              peer -> {
                connected.countDown();
                return peer.response(peer.request("GET", "/", Map.of(), true));
              });
    }

    /**
     * Waits for the end of the connection.
     *
     * @return true when it was accepted, answered, told to leave and closed; false when it was
     *     never accepted
     */
    boolean wasDrained(Accepts accepts) throws Exception {
      RawPeer peer;
      try {
        peer = connecting.get(20, TimeUnit.SECONDS);
      } catch (ExecutionException x) {
        return false;
      }
      Fate fate = answer.get(20, TimeUnit.SECONDS).fate();
      peer.await(FrameKind.CLOSED, Scene.LIMIT);
      if (accepts.contains(server, peer.localPort())) {
        assertEquals(Fate.OK, fate, () -> peer.frames().toString());
        assertTrue(peer.goAwaySeen(), () -> peer.frames().toString());
        assertTrue(
            peer.frames().stream().anyMatch(frame -> frame.kind() == FrameKind.FIN),
            () -> peer.frames().toString());
        return true;
      }
      assertEquals(Fate.LOST, fate, () -> peer.frames().toString());
      assertEquals(1, peer.frames().size(), () -> peer.frames().toString());
      return false;
    }
  }

  /** The ports of the clients whose connections the server has accepted. */
  private static final class Accepts implements SelectorManager.AcceptListener {

    private final Set<String> ports = ConcurrentHashMap.newKeySet();

    Accepts(DrainedServer server) {
      server.clear.addBean(this);
      server.secure.addBean(this);
    }

    /** The server's port, too: clients of two servers may have the same. */
    boolean contains(PeerOptions server, int clientPort) {
      return ports.contains(server.port() + " " + clientPort);
    }

    int count() {
      return ports.size();
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
      Socket socket = ((SocketChannel) channel).socket();
      ports.add(socket.getLocalPort() + " " + socket.getPort());
    }
  }

  @Test
  void sessionsThatOpenInEachPhaseOfTheDrain_areServedAndDrained() throws Exception {
    try (Scene scene = Scene.open(POLICY)) {
      DrainedServer server = scene.server();
      RawPeer announced = scene.connect(server.h2c().withAckPing(false));
      RawPeer cut = scene.connect(server.h2c());
      int good = scene.hold(cut, "/hold/good");
      RawPeer closing = scene.connect(server.h2c().withCloseOnFin(false));
      List<Socket> late = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.clear.getLocalPort());
        socket.getOutputStream().write("PRI * HT".getBytes(StandardCharsets.US_ASCII));
        late.add(socket);
      }
      Eventually.await("accepted", () -> server.clear.getConnectedEndPoints().size() == 300 + 3);
      scene.stop();
      announced.await(FrameKind.PING, Scene.LIMIT);
      open(late.subList(0, 100));
      assertEquals(2147483647, announced.lastGoAway());
      scene.awaitCut(cut);
      open(late.subList(100, 200));
      closing.await(FrameKind.FIN, Scene.LIMIT);
      open(late.subList(200, 300));
      announced.close();
      closing.close();
      scene.answered(cut, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      assertEquals(300 + 4, server.report().sessions());
      assertEquals(300 + 2, server.report().completed());
      scene.record(
          "07a",
          "300 clients that complete their preface while other sessions are announced, cut, closing",
          "served, then GOAWAY with their last stream, FIN",
          "the last of them");
    }
  }

  private static void open(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.getOutputStream().write(LateClient.restOfPrefaceAndRequest());
      List<String> frames = LateClient.converse(socket);
      assertEquals("SETTINGS", frames.get(0), frames::toString);
      assertTrue(frames.contains("DATA 1"), frames::toString);
      List<String> goAways = frames.stream().filter(f -> f.startsWith("GOAWAY")).toList();
      assertEquals(List.of("GOAWAY 2147483647", "GOAWAY 1"), goAways, frames::toString);
    }
  }

  @Test
  void connectionThatIsAcceptedAndNotYetOpen_isWaitedFor() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(1000))) {
      CountDownLatch accepted = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      server.clear.addBean(holdAccepts(accepted, release));
      server.server.start();
      assertIsDrained(server, server.h2c(), server.secure, accepted, release);
    }
  }

  @Test
  void http1ConnectionThatIsBecomingHttp2_isWaitedFor() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(1000))) {
      CountDownLatch upgrading = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      holdUpgrades(server.clear, HttpConnectionFactory.class, upgrading, release);
      server.server.start();
      assertIsDrained(server, server.h2c(), server.secure, upgrading, release);
    }
  }

  @Test
  void tlsConnectionThatIsBecomingHttp2_isWaitedFor() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(1000))) {
      CountDownLatch upgrading = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      holdUpgrades(server.secure, ALPNServerConnectionFactory.class, upgrading, release);
      server.server.start();
      assertIsDrained(server, server.h2(), server.clear, upgrading, release);
    }
  }

  /**
   * Nothing that the client sent is unread then: it waits for the server, or a thread has read all.
   */
  @Test
  void tlsConnectionOfWhichAllIsRead_isWaitedFor() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(1000))) {
      CountDownLatch upgrading = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      holdUpgrades(server.secure, ALPNServerConnectionFactory.class, upgrading, release);
      server.server.start();
      CompletableFuture<List<String>> frames =
          CompletableFuture.supplyAsync(() -> converse(server.secure.getLocalPort(), goOn));
      await(upgrading);
      CompletableFuture<Void> drained = server.drain.shutdown();
      awaitLinger(server.clear);
      assertFalse(drained.isDone());
      goOn.countDown();
      release.countDown();
      assertTrue(frames.get(20, TimeUnit.SECONDS).contains("DATA 1"), frames::toString);
      drained.get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().completed());
    }
  }

  /** Sends a ClientHello, and reads what it is answered when it may go on. */
  private static List<String> converse(int port, CountDownLatch goOn) {
    try {
      Socket plain =
          new Socket() {
            @Override
            public InputStream getInputStream() throws IOException {
              return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                  await(goOn);
                  return super.read(bytes, offset, length);
                }
              };
            }
          };
      plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      SSLSocket secure = TlsClient.over(plain);
      secure.startHandshake();
      secure.getOutputStream().write(LateClient.prefaceAndRequest());
      return LateClient.converse(secure);
    } catch (IOException x) {
      throw new UncheckedIOException(x);
    }
  }

  @Test
  void connectionThatAnAcceptorHasAndTheSelectorNot_isWaitedFor() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT)) {
      CountDownLatch accepted = new CountDownLatch(1);
      Semaphore handOn = new Semaphore(0);
      CountDownLatch release = new CountDownLatch(1);
      ServerConnector connector =
          new ServerConnector(server.server, 1, 1, new HTTP2CServerConnectionFactory()) {
            @Override
            protected void configure(Socket socket) {
              accepted.countDown();
              handOn.acquireUninterruptibly(); // The end of an acceptor begins with an interrupt.
              super.configure(socket);
            }
          };
      connector.addBean(holdAccepts(new CountDownLatch(1), release));
      connector.setHost("127.0.0.1");
      server.server.addConnector(connector);
      server.server.start();
      try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(connector.getLocalPort()))) {
        int stream = peer.request("GET", "/", Map.of(), true);
        await(accepted);
        CompletableFuture<Void> stopped = server.stop();
        // Time enough for a stop that does not wait to go too far; this one must not.
        assertThrows(TimeoutException.class, () -> stopped.get(300, TimeUnit.MILLISECONDS));
        handOn.release();
        assertThrows(TimeoutException.class, () -> stopped.get(300, TimeUnit.MILLISECONDS));
        release.countDown();
        assertEquals(Fate.OK, peer.response(stream).get(20, TimeUnit.SECONDS).fate());
        peer.await(FrameKind.FIN, Scene.LIMIT);
        stopped.get(20, TimeUnit.SECONDS);
      }
    }
  }

  /** Keeps a connection that is accepted from getting its endpoint. */
  private static SelectorManager.AcceptListener holdAccepts(
      CountDownLatch accepted, CountDownLatch release) {
    return new SelectorManager.AcceptListener() {
      @Override
      public void onAccepted(SelectableChannel channel) {
        accepted.countDown();
        await(release);
      }
    };
  }

  /** Keeps a connection that was of this protocol from becoming one of another. */
  private static void holdUpgrades(
      ServerConnector connector,
      Class<? extends AbstractConnectionFactory> protocol,
      CountDownLatch upgrading,
      CountDownLatch release) {
    connector
        .getConnectionFactory(protocol)
        .addEventListener(
            new Connection.Listener() {
              @Override
              public void onClosed(Connection connection) {
                upgrading.countDown();
                await(release);
              }
            });
  }

  /** Drains while the opening of a session is stuck on the server's side, beyond the linger. */
  private static void assertIsDrained(
      DrainedServer server,
      PeerOptions options,
      ServerConnector other,
      CountDownLatch opening,
      CountDownLatch release)
      throws Exception {
    CompletableFuture<RawPeer> connecting = RawPeer.connectAsync(options);
    CompletableFuture<PeerResponse> answer =
        connecting.thenCompose(peer -> peer.response(peer.request("GET", "/", Map.of(), true)));
    await(opening);
    CompletableFuture<Void> drained = server.drain.shutdown();
    awaitLinger(other);
    assertFalse(drained.isDone());
    release.countDown();
    assertEquals(Fate.OK, answer.get(20, TimeUnit.SECONDS).fate());
    connecting.get().await(FrameKind.FIN, Scene.LIMIT);
    drained.get(20, TimeUnit.SECONDS);
    assertEquals(1, server.report().sessions());
    assertEquals(1, server.report().completed());
  }

  /** After it one that came later has had its linger: nothing closes the earlier one any more. */
  private static void awaitLinger(ServerConnector connector) throws IOException {
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
      assertEquals(-1, silent.getInputStream().read());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException x) {
      throw new IllegalStateException(x);
    }
  }
}
