package io.http2drain.home;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The scenario this project began with: an upload that is echoed over 2 s, a stop in its middle,
 * and a second request on the same connection after the stop.
 *
 * @param begin when the POST was sent; all times are {@link System#nanoTime()}
 * @param stopped when SIGTERM was sent
 * @param exited when the server's process ended
 */
record EchoScenario(long begin, long stopped, long exited, EchoOutcome client, OutputLog log) {
  static final int CHUNKS = 20;
  static final Duration CHUNK_GAP = Duration.ofMillis(100);
  static final Duration STOP_AFTER = Duration.ofSeconds(1);
  static final Duration SECOND_REQUEST_AFTER = Duration.ofMillis(1500);

  /** The ids of the two requests, in the server's journal. */
  static final String PREFIX = "echo-";

  static final String POST_ID = "echo-post";
  static final String SECOND_ID = "echo-second";

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** The chunk that is due {@code index + 1} gaps after the begin. */
  static byte[] chunk(int index) {
    return "chunk %02d of 20\n".formatted(index).getBytes(StandardCharsets.US_ASCII);
  }

  /** All chunks: what is sent, and what must come back. */
  static BodyDigest body() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < CHUNKS; i++) {
      all.append(new String(chunk(i), StandardCharsets.US_ASCII));
    }
    return BodyDigest.of(all.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** Plays it through, to the end of the server's process. */
  static EchoScenario play(JettyProcess jetty, EchoClient client)
      throws IOException, InterruptedException {
    long begin = client.begin();
    long wait = begin + STOP_AFTER.toNanos() - System.nanoTime();
    Executor later = CompletableFuture.delayedExecutor(wait, NANOSECONDS);
    CompletableFuture<Long> stop = CompletableFuture.supplyAsync(jetty::terminate, later);
    EchoOutcome outcome = client.finish(LIMIT);
    ChildProcess.Exit exit = jetty.awaitExit(JettyProcess.EXIT_LIMIT);
    return new EchoScenario(begin, stop.join(), exit.nanos(), outcome, jetty.log());
  }

  /** Milliseconds since the begin. */
  long sinceBegin(long nanos) {
    return NANOSECONDS.toMillis(nanos - begin);
  }

  @Override
  public String toString() {
    return ("stop at %d ms; second request at %d ms, failed at %d ms: %s; first echo at %d ms, last"
            + " stream ended at %d ms, connection closed at %d ms, process ended at %d ms\n%s")
        .formatted(
            sinceBegin(stopped),
            sinceBegin(client.secondBegan()),
            sinceBegin(client.secondEnded()),
            client.second(),
            sinceBegin(client.firstEcho()),
            sinceBegin(client.postEnded()),
            sinceBegin(client.closed()),
            sinceBegin(exited),
            log);
  }
}
