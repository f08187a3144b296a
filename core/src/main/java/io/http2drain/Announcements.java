package io.http2drain;

import io.http2drain.protocol.Spread;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private final Set<TrackedSession> waiting;
  private final ArrayDeque<TrackedSession> order;
  private int told;

  Announcements(Collection<TrackedSession> sessions, long spreadMillis) {
    waiting = new LinkedHashSet<>(sessions);
    order = new ArrayDeque<>(waiting);
    spread = new Spread(order.size(), spreadMillis);
  }

  /** Those whose turn has come, {@code elapsed} milliseconds after the drain began. */
  synchronized List<TrackedSession> takeDue(long elapsed) {
    int due = spread.due(elapsed);
    List<TrackedSession> taken = new ArrayList<>();
    while (told < due && !order.isEmpty()) {
      TrackedSession next = order.remove();
      waiting.remove(next);
      taken.add(next);
      told++;
    }
    return taken;
  }

  /** All of them, whether it is their turn or not. */
  synchronized List<TrackedSession> takeAll() {
    List<TrackedSession> all = List.copyOf(order);
    order.clear();
    waiting.clear();
    return all;
  }

  /** When it is the turn of the next one, in milliseconds after the drain began; -1 for none. */
  synchronized long nextAt() {
    return order.isEmpty() ? -1 : spread.next(told);
  }

  synchronized boolean isWaiting(TrackedSession session) {
    return waiting.contains(session);
  }
}
