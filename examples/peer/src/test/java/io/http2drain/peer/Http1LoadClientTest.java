package io.http2drain.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http1LoadClientTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  /**
   * Answers the requests it gets, one after the other, with the given bytes, over as many
   * connections as it takes; an answer that begins with "!" is followed by the end of its
   * connection. When they are used up the latch opens, and the next request gets none.
   */
  private static final class Script implements AutoCloseable {
    final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final List<String> requests = new CopyOnWriteArrayList<>();
    final CountDownLatch done = new CountDownLatch(1);
    private final List<String> answers;
    private int next;

    Script(String... answers) throws IOException {
      this.answers = List.of(answers);
      Thread thread = new Thread(this::serve, "http1-script");
      thread.setDaemon(true);
      thread.start();
    }

    LoadPlan plan() {
      return LoadPlan.of(PeerOptions.h2c(listener.getLocalPort())).withRunId("run");
    }

    private void serve() {
      try {
        while (true) {
          try (Socket socket = listener.accept()) {
            serve(socket);
          }
        }
      } catch (IOException e) {
        // The test has closed the listener.
      }
    }

    private void serve(Socket socket) throws IOException {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      OutputStream out = socket.getOutputStream();
      StringBuilder head = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        head.append(line).append('\n');
        if (line.isEmpty()) {
          requests.add(head.toString());
          head.setLength(0);
          if (next == answers.size()) {
            done.countDown();
            continue;
          }
          String answer = answers.get(next++);
          out.write(answer.replaceFirst("^!", "").getBytes(US_ASCII));
          if (answer.startsWith("!")) {
            return;
          }
        }
      }
    }

    LoadResult load() throws InterruptedException {
      Http1LoadClient client = Http1LoadClient.start(plan());
      client.awaitBusy(LIMIT);
      assertTrue(done.await(20, TimeUnit.SECONDS), requests::toString);
      return client.finish(Duration.ofMillis(1));
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  @Test
  void answers_areCountedByWhatTheyAre() throws Exception {
    try (Script server =
        new Script(
            OK,
            "HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\n\r\n" + OK)) {
      LoadResult result = server.load();
      assertEquals(2, result.count(Fate.OK), result::toString);
      assertEquals(1, result.count(Fate.SERVER_ERROR), result::toString);
      assertEquals(1, result.count(Fate.CLIENT_ERROR), result::toString);
      // The one that got no answer.
      assertEquals(1, result.count(Fate.LOST), result::toString);
      assertEquals(1, result.unanswered(), result::toString);
      assertEquals(5, server.requests.size());
      assertTrue(server.requests.get(0).contains("x-request-id: run-0-1\n"));
      assertTrue(server.requests.get(4).contains("x-request-id: run-0-5\n"));
    }
  }

  @Test
  void halfAnAnswerOrNone_isLostAndNotSentAgain() throws Exception {
    try (Script server =
        new Script(
            "!HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            "!",
            "!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "garbage\r\n\r\n",
            OK)) {
      LoadResult result = server.load();
      assertEquals(1, result.count(Fate.OK), result::toString);
      assertEquals(5, result.count(Fate.LOST), result::toString);
      assertEquals(6, server.requests.size(), server.requests::toString);
      assertEquals(6, server.requests.stream().distinct().count(), server.requests::toString);
    }
  }

  @Test
  void connectionThatIsClosedBetweenRequests_isReplacedAndNothingIsLost() throws Exception {
    try (Script server =
        new Script("!HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", OK)) {
      LoadResult result = server.load();
      assertEquals(2, result.count(Fate.OK), result::toString);
      assertEquals(1, result.unanswered(), result::toString);
      assertEquals(1, result.failed(), result::toString);
    }
  }

  @Test
  void nothingListens_isAConnectFailure() throws Exception {
    LoadPlan plan;
    try (Script server = new Script()) {
      plan = server.plan();
    }
    Http1LoadClient client = Http1LoadClient.start(plan);
    client.awaitBusy(LIMIT);
    LoadResult result = client.finish(LIMIT);
    assertEquals(1, result.connectFailures(), result::toString);
    assertEquals(0, result.total());
  }

  @Test
  void tls_isRefused() {
    LoadPlan plan = LoadPlan.of(PeerOptions.h2(1));
    assertThrows(IllegalArgumentException.class, () -> Http1LoadClient.start(plan));
  }
}
