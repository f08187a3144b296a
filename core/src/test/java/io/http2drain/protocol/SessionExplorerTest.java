package io.http2drain.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
      SessionModel model = new SessionModel(timers);
      path.forEach(model::step);
      check(model, path);
      if (!seen.add(model.state())) {
        continue;
      }
      List<Event> enabled = model.enabled();
      if (enabled.isEmpty()) {
        ends++;
        checkEnd(model, path);
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

  private static void check(SessionModel model, List<Event> path) {
    String context = model + " after " + path;
    List<String> wire = model.wire;
    // 4: SETTINGS comes before everything else.
    assertTrue(wire.isEmpty() || wire.get(0).equals("SETTINGS"), () -> "4: " + context);
    // 2: the last-stream-id never rises.
    List<Long> lastIds =
        wire.stream()
            .filter(frame -> frame.contains("GOAWAY"))
            .map(frame -> Long.parseLong(frame.substring(frame.indexOf(' ') + 1)))
            .toList();
    for (int i = 1; i < lastIds.size(); i++) {
      assertTrue(lastIds.get(i) <= lastIds.get(i - 1), "2: " + context);
    }
    assertTrue(
        lastIds.isEmpty() || lastIds.get(0) == 2147483647 || model.hurried, () -> "2: " + context);
    // 1: admitted xor refused; admitted <=> at most the id of the final GOAWAY.
    long last = lastIds.stream().filter(id -> id != 2147483647).reduce((a, b) -> b).orElse(-1L);
    if (last >= 0) {
      for (int id : model.admitted) {
        assertTrue(id <= last, () -> "1: " + context);
      }
    }
    for (int id : model.refused) {
      assertTrue(
          !model.admitted.contains(id) && id > model.gate.lastAdmitted(), () -> "1: " + context);
    }
    // 3: no admitted stream is reset, but at the deadline and then with CANCEL.
    for (String frame : wire) {
      if (frame.startsWith("REFUSED")) {
        int id = Integer.parseInt(frame.substring(frame.indexOf(' ') + 1));
        assertTrue(model.refused.contains(id), () -> "3: " + context);
      }
      assertTrue(!frame.startsWith("CANCEL") || model.hurried, () -> "3: " + context);
    }
    // 5: a peer that obeys is refused nothing, as long as no time ran out.
    assertTrue(model.hurried || model.refused.isEmpty(), () -> "5: " + context);
    // The FIN comes last, and not while an admitted stream is open.
    int fin = wire.indexOf("FIN");
    assertTrue(fin < 0 || fin == wire.size() - 1, () -> "FIN: " + context);
    assertTrue(fin < 0 || model.gate.inFlight() == 0, () -> "FIN: " + context);
  }

  private static void checkEnd(SessionModel model, List<Event> path) {
    String context = model + " after " + path;
    // 6: once asked, the drain ends, and nothing is left to wait for.
    assertTrue(model.drained, () -> "6: " + context);
    assertEquals(SessionPhase.CLOSED, model.protocol.phase(), () -> "6: " + context);
    assertEquals(SessionProtocol.NEVER, model.protocol.expiresAt(), () -> "6: " + context);
    if (!model.hurried) {
      assertEquals(0, model.gate.inFlight(), () -> "3: " + context);
      assertTrue(model.wire.contains("FIN"), () -> "6: " + context);
    }
  }
}
