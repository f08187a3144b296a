package io.http2drain.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;

/** What holds for every {@link SessionModel}, whatever has happened to it. */
final class SessionInvariants {

  private SessionInvariants() {}

  static void check(SessionModel model, List<?> path) {
    Supplier<String> context = () -> model + " after " + path;
    List<String> wire = model.wire;
    // 4: SETTINGS comes before everything else.
    assertTrue(wire.isEmpty() || wire.get(0).equals("SETTINGS"), () -> "4: " + context.get());
    // 2: the last-stream-id never rises.
    List<Long> lastIds =
        wire.stream()
            .filter(frame -> frame.contains("GOAWAY"))
            .map(frame -> Long.parseLong(frame.substring(frame.indexOf(' ') + 1)))
            .toList();
    for (int i = 1; i < lastIds.size(); i++) {
      assertTrue(lastIds.get(i) <= lastIds.get(i - 1), () -> "2: " + context.get());
    }
    assertTrue(
        lastIds.isEmpty() || lastIds.get(0) == 2147483647 || model.hurried,
        () -> "2: " + context.get());
    // 1: admitted xor refused; admitted <=> at most the id of the final GOAWAY.
    long last = lastIds.stream().filter(id -> id != 2147483647).reduce((a, b) -> b).orElse(-1L);
    if (last >= 0) {
      for (int id : model.admitted) {
        assertTrue(id <= last, () -> "1: " + context.get());
      }
    }
    for (int id : model.refused) {
      assertTrue(
          !model.admitted.contains(id) && id > model.gate.lastAdmitted(),
          () -> "1: " + context.get());
    }
    // 3: no admitted stream is reset, but at the deadline and then with CANCEL.
    for (String frame : wire) {
      if (frame.startsWith("REFUSED")) {
        int id = Integer.parseInt(frame.substring(frame.indexOf(' ') + 1));
        assertTrue(model.refused.contains(id), () -> "3: " + context.get());
      }
      assertTrue(!frame.startsWith("CANCEL") || model.hurried, () -> "3: " + context.get());
    }
    // 5: a peer that obeys is refused nothing, as long as no time ran out.
    assertTrue(model.hurried || model.refused.isEmpty(), () -> "5: " + context.get());
    // The FIN comes last, and not while an admitted stream is open.
    int fin = wire.indexOf("FIN");
    assertTrue(fin < 0 || fin == wire.size() - 1, () -> "FIN: " + context.get());
    assertTrue(fin < 0 || model.gate.inFlight() == 0, () -> "FIN: " + context.get());
  }

  static void checkEnd(SessionModel model, List<?> path) {
    Supplier<String> context = () -> model + " after " + path;
    // 6: once asked, the drain ends, and nothing is left to wait for.
    assertTrue(model.drained, () -> "6: " + context.get());
    assertEquals(SessionPhase.CLOSED, model.protocol.phase(), () -> "6: " + context.get());
    assertEquals(SessionProtocol.NEVER, model.protocol.expiresAt(), () -> "6: " + context.get());
    if (!model.hurried) {
      assertEquals(0, model.gate.inFlight(), () -> "3: " + context.get());
      assertTrue(model.wire.contains("FIN"), () -> "6: " + context.get());
    }
  }
}
