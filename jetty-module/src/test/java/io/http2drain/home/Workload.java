package io.http2drain.home;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The requests that one client has in flight when the server is stopped.
 *
 * @param prefix of every request's id
 */
record Workload(String prefix, List<Exchange> exchanges) {
  /** No answer is complete before this time has passed. Paths differ: nghttp asks for each once. */
  static final Duration SHORTEST = Duration.ofMillis(1900);

  /**
   * Answers that come after 1.9 to 2.4 s, one that takes 3 s, a streamed one and an upload of 1.9
   * s.
   */
  static Workload mixed() {
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Duration time = SHORTEST.plusMillis(100L * i);
      exchanges.add(Exchange.think("mixed-think-" + i, time, i % 2 == 0));
    }
    exchanges.add(Exchange.think("mixed-long", Duration.ofSeconds(3), false));
    exchanges.add(Exchange.stream("mixed-stream", 20, Duration.ofMillis(100), 8192));
    PacedUpload upload = new PacedUpload(20, 16_384, Duration.ofMillis(100));
    exchanges.add(Exchange.upload("mixed-upload", upload));
    return new Workload("mixed-", List.copyOf(exchanges));
  }

  /** Answers that come after 2.5 s, in which nothing moves on the connection. */
  static Workload silent() {
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      exchanges.add(Exchange.think("silent-" + i, Duration.ofMillis(2500 + i), i % 2 == 0));
    }
    return new Workload("silent-", List.copyOf(exchanges));
  }

  /** The same without uploads, for a client that can send the same body with every request only. */
  Workload withoutUploads() {
    return new Workload(
        prefix, exchanges.stream().filter(exchange -> exchange.upload() == null).toList());
  }
}
