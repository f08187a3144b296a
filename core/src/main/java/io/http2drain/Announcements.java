package io.http2drain;

import io.http2drain.protocol.Spread;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sessions of a connector that wait for their turn to be told to leave.
 *
 * <p>For any thread; nothing blocks.
 */
final class Announcements {

  private final Spread spread;
  private final Set<TrackedSession> waiting; // In the order of their turns.

  Announcements(Collection<TrackedSession> sessions, long spreadMillis) {
    waiting = new LinkedHashSet<>(sessions);
    spread = new Spread(waiting.size(), spreadMillis);
  }

  /** Those whose turn has come, {@code elapsed} milliseconds after the drain began. */
  synchronized List<TrackedSession> takeDue(long elapsed) {
    return take(spread.due(elapsed) - told());
  }

  /** All of them, whether it is their turn or not. */
  synchronized List<TrackedSession> takeAll() {
    return take(waiting.size());
  }

  private List<TrackedSession> take(int count) {
    List<TrackedSession> taken = waiting.stream().limit(Math.max(0, count)).toList();
    taken.forEach(waiting::remove);
    return taken;
  }

  private int told() {
    return spread.sessions() - waiting.size();
  }

  /** When it is the turn of the next one, in milliseconds after the drain began; -1 for none. */
  synchronized long nextAt() {
    return waiting.isEmpty() ? -1 : spread.next(told());
  }

  synchronized boolean isWaiting(TrackedSession session) {
    return waiting.contains(session);
  }
}
