package io.http2drain.protocol;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.protocol.SessionModel.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Walks every order of the events of a small session, and checks the invariants after each event.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SessionExplorerTest {

  private static final int MAX_STREAMS = 2;

  private int states;
  private int ends;

  @Test
  void everyOrderOfEventsOfAnObedientPeerKeepsTheInvariants() {
    explore(false);
    assertTrue(states > 500, () -> "states: " + states);
    assertTrue(ends > 0, () -> "ends: " + ends);
  }

  @Test
  void everyOrderOfEventsWithTimeOutsAndLossesKeepsTheInvariants() {
    explore(true);
    assertTrue(states > 10_000, () -> "states: " + states);
    assertTrue(ends > 0, () -> "ends: " + ends);
  }

  private void explore(boolean timers) {
    Set<String> seen = new HashSet<>();
    Deque<List<Event>> paths = new ArrayDeque<>(List.of(List.of()));
    while (!paths.isEmpty()) {
      List<Event> path = paths.removeLast();
      SessionModel model = new SessionModel(MAX_STREAMS, timers);
      path.forEach(model::step);
      SessionInvariants.check(model, path);
      if (!seen.add(model.state())) {
        continue;
      }
      List<Event> enabled = model.enabled();
      if (enabled.isEmpty()) {
        ends++;
        SessionInvariants.checkEnd(model, path);
      }
      for (Event event : enabled) {
        List<Event> longer = new ArrayList<>(path);
        longer.add(event);
        paths.addLast(longer);
      }
    }
    states = seen.size();
    System.out.printf("explored %d states, %d ends, timers=%b%n", states, ends, timers);
  }
}
