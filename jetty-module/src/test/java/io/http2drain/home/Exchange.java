package io.http2drain.home;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request to the example web application, and the body of its answer.
 *
 * @param id the value of the request's {@code x-request-id}
 * @param upload the body of a POST; null for a GET
 */
record Exchange(String id, String path, @Nullable PacedUpload upload, BodyDigest expected) {

  /** An answer that comes after a while; the server's thread is blocked or not. */
  static Exchange think(String id, Duration time, boolean async) {
    long ms = time.toMillis();
    byte[] answer = "thought for %d ms\n".formatted(ms).getBytes(StandardCharsets.UTF_8);
    String path = "/think?ms=" + ms + (async ? "&async=true" : "");
    return new Exchange(id, path, null, BodyDigest.of(answer));
  }

  /** An answer that comes in pieces. */
  static Exchange stream(String id, int chunks, Duration gap, int chunkBytes) {
    byte[] answer = new byte[chunks * chunkBytes];
    for (int i = 0; i < answer.length; i++) {
      answer[i] = (byte) i;
    }
    String path = "/stream?chunks=%d&ms=%d&bytes=%d".formatted(chunks, gap.toMillis(), chunkBytes);
    return new Exchange(id, path, null, BodyDigest.of(answer));
  }

  /** A body that comes in pieces; the answer tells its length and digest. */
  static Exchange upload(String id, PacedUpload upload) {
    BodyDigest sent = BodyDigest.of(upload.body());
    String answer = "{\"bytes\":%d,\"sha256\":\"%s\"}".formatted(sent.bytes(), sent.sha256());
    return new Exchange(
        id, "/upload", upload, BodyDigest.of(answer.getBytes(StandardCharsets.UTF_8)));
  }

  String method() {
    return upload == null ? "GET" : "POST";
  }

  /** What is wrong with the answer, or null. */
  @Nullable String fault(Reply reply) {
    if (reply.status() != 200) {
      return id + ": status " + reply.status();
    }
    if (!reply.body().equals(expected)) {
      return id + ": " + reply.body() + " (expected: " + expected + ")";
    }
    return null;
  }
}
