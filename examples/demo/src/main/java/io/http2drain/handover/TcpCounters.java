package io.http2drain.handover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What Linux counts of listeners and their accept queues, for the whole network namespace.
 *
 * @param migrated connections that went from a closed listener's queue to another one's
 * @param notMigrated connections for which that was tried in vain
 * @param dropped connects that a listener dropped, those below included
 * @param overflows connects that found an accept queue full; the client tries again after 1 s
 */
public record TcpCounters(long migrated, long notMigrated, long dropped, long overflows) {
  private static final Path NETSTAT = Path.of("/proc/net/netstat");

  /** The counters now; all 0 on another system. */
  public static TcpCounters read() throws IOException {
    if (!Files.exists(NETSTAT)) {
      return new TcpCounters(0, 0, 0, 0);
    }
    // A line of names, and under it one of values.
    List<String[]> lines =
        Files.readAllLines(NETSTAT).stream()
            .filter(line -> line.startsWith("TcpExt:"))
            .map(line -> line.split(" ", -1))
            .toList();
    return new TcpCounters(
        value(lines, "TCPMigrateReqSuccess"),
        value(lines, "TCPMigrateReqFailure"),
        value(lines, "ListenDrops"),
        value(lines, "ListenOverflows"));
  }

  private static long value(List<String[]> lines, String name) {
    int index = List.of(lines.get(0)).indexOf(name);
    return index < 0 ? 0 : Long.parseLong(lines.get(1)[index]);
  }

  /** What was counted since then. */
  public TcpCounters since(TcpCounters before) {
    return new TcpCounters(
        migrated - before.migrated,
        notMigrated - before.notMigrated,
        dropped - before.dropped,
        overflows - before.overflows);
  }
}
