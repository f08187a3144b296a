package io.http2drain.handover;

import java.util.List;

/**
 * What became of a run of handovers.
 *
 * @param migrate the kernel's {@code net.ipv4.tcp_migrate_req} during the run
 * @param counters what the kernel counted during the run
 * @param served requests that reached each of the processes, in the order of their ends
 */
public record HandoverResult(
    HandoverMode mode,
    String migrate,
    int handovers,
    ConnectCount count,
    TcpCounters counters,
    List<Integer> served) {

  static final String HEAD =
      """
      | mode      | tcp_migrate_req | handovers | attempts | answered | lost | lost by kind            \
      | slowest answer | migrated by the kernel | queue overflows |
      |:----------|----------------:|----------:|---------:|---------:|-----:|:------------------------\
      |---------------:|-----------------------:|----------------:|
      """;

  /** A row under {@link #HEAD}. */
  String row() {
    return "| %-9s | %15s | %9d | %8d | %8d | %4d | %-23s | %11d ms | %22d | %15d |"
        .formatted(
            mode.word(),
            mode.inherits() ? migrate + " (unused)" : migrate,
            handovers,
            count.attempts(),
            count.answered(),
            count.lost(),
            count.lostByKind(),
            count.slowest().toMillis(),
            counters.migrated(),
            counters.overflows());
  }

  /** Requests that some process began to run. */
  public long run() {
    return served.stream().mapToLong(Integer::longValue).sum();
  }

  /** Whether the kernel promises that nothing is lost. */
  public boolean mustBeLossless() {
    return mode.inherits() || migrate.equals("1");
  }
}
