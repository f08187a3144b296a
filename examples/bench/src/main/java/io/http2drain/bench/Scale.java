package io.http2drain.bench;

import java.util.List;

/**
 * How much is measured.
 *
 * @param pairs how often both sides are measured, one after the other
 * @param rounds the same for what takes longer, or is of less interest
 * @param seconds how long a load lasts
 * @param warmUp how many requests a server has answered before it is measured
 * @param sessions the sizes of a herd, the largest one last
 * @param streams how many streams each of its sessions may have
 * @param churned how many sessions are opened and closed
 */
record Scale(
    int pairs,
    int rounds,
    int seconds,
    int warmUp,
    List<Integer> sessions,
    List<Integer> streams,
    int churned) {

  /** Whether it runs at all: the figures mean nothing. */
  static final Scale SMOKE = new Scale(1, 1, 1, 1_000, List.of(10, 50), List.of(1, 2), 1_000);

  static final Scale FULL =
      new Scale(5, 3, 2, 200_000, List.of(100, 1_000, 10_000), List.of(1, 10, 100), 1_000_000);

  static Scale named(String name) {
    return switch (name) {
      case "smoke" -> SMOKE;
      case "full" -> FULL;
      default ->
          throw new IllegalArgumentException("scale: " + name + " (expected: smoke or full)");
    };
  }

  boolean isFull() {
    return equals(FULL);
  }

  int mostSessions() {
    return sessions.get(sessions.size() - 1);
  }
}
