package io.http2drain.peer;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What became of all the requests of a load.
 *
 * @param counts streams by fate, each fate present
 * @param retryIds the {@code x-request-id} of every request whose fate is {@link Fate#REFUSED}
 * @param lastOkNanos {@link System#nanoTime()} of the last {@link Fate#OK}, 0 when there was none
 * @param connectFailures connections that could not be opened, or not in time
 * @param unanswered streams on which the client gave up; they also count as LOST, or as REFUSED
 *     when a GOAWAY said so
 * @param samples up to 20 streams and connects that went wrong, as text
 */
public record LoadResult(
    Map<Fate, Long> counts,
    Set<String> retryIds,
    long lastOkNanos,
    int connectFailures,
    int unanswered,
    List<String> samples) {

  public long count(Fate fate) {
    return counts.getOrDefault(fate, 0L);
  }

  /** All requests sent. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Requests that have neither their answer nor leave to be retried: all but OK and REFUSED. */
  public long failed() {
    return total() - count(Fate.OK) - count(Fate.REFUSED);
  }

  /**
   * The requests that would run twice: refused, so that the client may retry, and yet executed.
   *
   * @param executedIds the {@code x-request-id} of every request that the server executed
   */
  public Set<String> runTwice(Set<String> executedIds) {
    Set<String> both = new TreeSet<>(retryIds);
    both.retainAll(executedIds);
    return both;
  }

  @Override
  public String toString() {
    return total()
        + " requests "
        + counts
        + ", unanswered "
        + unanswered
        + ", connect failures "
        + connectFailures
        + (samples.isEmpty() ? "" : ", such as " + samples);
  }
}
