package io.http2drain.handover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.http2drain.peer.PeerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The load sees each way to lose a connection, and tells it from the others. */
@Timeout(60)
class ConnectLoadIT {

  /** A server's side of one connection. */
  private interface Treatment {
    void apply(Socket accepted) throws IOException;
  }

  private static ConnectCount load(int port, Duration patience) throws InterruptedException {
    try (ConnectLoad load = new ConnectLoad(PeerOptions.h2c(port), patience)) {
      load.connect(1);
      return load.finish();
    }
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static ConnectCount treated(Treatment treatment, Duration patience) throws Exception {
    try (ServerSocket listener = listen()) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                try (Socket accepted = listener.accept()) {
                  treatment.apply(accepted);
                } catch (IOException e) {
                  throw new AssertionError("a client that does not come", e);
                }
              });
      ConnectCount count = load(listener.getLocalPort(), patience);
      served.get();
      return count;
    }
  }

  private static void assertOne(ConnectFate fate, ConnectCount count) {
    assertEquals(1, count.attempts(), count::toString);
    assertEquals(Map.of(fate, 1L), count.counts(), count::toString);
    assertEquals(1, count.lost(), count::toString);
  }

  @Test
  void connect_nothingListens_isRefused() throws Exception {
    int port;
    try (ServerSocket listener = listen()) {
      port = listener.getLocalPort();
    }
    assertOne(ConnectFate.CONNECT_REFUSED, load(port, Duration.ofSeconds(20)));
  }

  @Test
  void connection_serverResets_isReset() throws Exception {
    Treatment reset =
        accepted -> {
          int unused = accepted.getInputStream().read();
          accepted.setSoLinger(true, 0);
        };
    assertOne(ConnectFate.CONNECTION_RESET, treated(reset, Duration.ofSeconds(20)));
  }

  @Test
  void connection_serverCloses_isClosed() throws Exception {
    Treatment close =
        accepted -> {
          accepted.shutdownOutput();
          byte[] unused = accepted.getInputStream().readAllBytes();
        };
    assertOne(ConnectFate.CLOSED, treated(close, Duration.ofSeconds(20)));
  }

  @Test
  void connection_serverSaysNothing_isNotAnswered() throws Exception {
    Treatment silence =
        accepted -> {
          byte[] unused = accepted.getInputStream().readAllBytes();
        };
    assertOne(ConnectFate.NO_ANSWER, treated(silence, Duration.ofMillis(300)));
  }

  @Test
  void request_toldThatItWasNotProcessed_isNotAnswered() throws Exception {
    // SETTINGS, then GOAWAY with last-stream-id 0.
    byte[] frames = {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    Treatment goAway =
        accepted -> {
          accepted.getOutputStream().write(frames);
          accepted.shutdownOutput();
          byte[] unused = accepted.getInputStream().readAllBytes();
        };
    assertOne(ConnectFate.NOT_PROCESSED, treated(goAway, Duration.ofSeconds(20)));
  }
}
