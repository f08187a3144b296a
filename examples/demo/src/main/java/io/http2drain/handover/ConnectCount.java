package io.http2drain.handover;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What became of the clients of a load.
 *
 * @param attempts clients that came
 * @param counts of those, by their fate
 * @param slowest the longest that one waited for its answer, the time to connect included
 * @param samples some of those that were lost, with what they saw
 */
public record ConnectCount(
    long attempts, Map<ConnectFate, Long> counts, Duration slowest, List<String> samples) {

  public long count(ConnectFate fate) {
    return counts.getOrDefault(fate, 0L);
  }

  public long answered() {
    return count(ConnectFate.ANSWERED);
  }

  /** All but those that were answered. */
  public long lost() {
    return attempts - answered();
  }

  /** The lost, by kind, such as {@code connection reset 3}; a dash when there is none. */
  public String lostByKind() {
    StringBuilder text = new StringBuilder();
    for (ConnectFate fate : ConnectFate.values()) {
      if (fate != ConnectFate.ANSWERED && count(fate) > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(fate.text()).append(' ').append(count(fate));
      }
    }
    return text.isEmpty() ? "-" : text.toString();
  }
}
