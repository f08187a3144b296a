package io.http2drain.demo;

import io.http2drain.peer.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What became of a stop.
 *
 * @param counts requests by what the client knows of them
 * @param runTwice requests that the client was told to retry and that were run nevertheless
 * @param stop from SIGTERM to the end of the process
 * @param afterLastAnswer from the last answer to the end of the process; negative when none came
 *     after SIGTERM
 * @param exitStatus of the process
 * @param samples of requests that went wrong
 * @param log what the server wrote
 */
public record Outcome(
    Map<Fate, Long> counts,
    int runTwice,
    Duration stop,
    Duration afterLastAnswer,
    int exitStatus,
    List<String> samples,
    String log) {

  /** Requests answered in full. */
  public long ok() {
    return counts.getOrDefault(Fate.OK, 0L);
  }

  /** Requests that the client was told were not processed: it may send them elsewhere. */
  public long retry() {
    return counts.getOrDefault(Fate.REFUSED, 0L);
  }

  /** Requests that got an error, half an answer, or none. */
  public long lost() {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey() != Fate.OK && entry.getKey() != Fate.REFUSED)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  @Override
  public String toString() {
    return "%s runTwice=%d stop=%d ms afterLastAnswer=%d ms exit=%d %s"
        .formatted(
            counts, runTwice, stop.toMillis(), afterLastAnswer.toMillis(), exitStatus, samples);
  }
}
