package io.http2drain.protocol;

import static io.http2drain.protocol.SessionProtocol.NEVER;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.http2drain.protocol.SessionModel.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/**
 * Fuzzing of a whole session. {@link SessionExplorerTest} walks all orders of a small one; this
 * walks long ones, with more streams and with peers that do not obey.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SessionFuzzTest {

  private static final int MAX_EVENTS = 400;

  /** What happens in the model by the doing of nobody else: neither time nor fault. */
  private static final Set<Event> ORDERLY =
      EnumSet.complementOf(
          EnumSet.of(
              Event.CLIENT_OPENS_STREAM, Event.TIMER, Event.DEADLINE, Event.CONNECTION_LOST));

  @FuzzTest
  void anySession_keepsTheInvariantsAndEnds(byte[] input) {
    ByteBuffer bytes = ByteBuffer.wrap(input, 0, Math.min(input.length, MAX_EVENTS));
    SessionModel model = new SessionModel(8, !bytes.hasRemaining() || bytes.get() >= 0);
    List<Object> path = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int choice = bytes.get();
      List<Event> enabled = model.enabled();
      if (choice < 0 || enabled.isEmpty()) {
        path.add(choice & 0xf);
        disturb(model, choice & 0xf);
      } else {
        Event event = enabled.get(choice % enabled.size());
        path.add(event);
        model.step(event);
      }
      SessionInvariants.check(model, path);
    }
    end(model, path);
  }

  /** What may come in between at any time. Where it breaks a promise, the model takes note. */
  private static void disturb(SessionModel model, int what) {
    switch (what) {
      case 0, 1 -> {
        model.hurried = true; // Perhaps the peer knows better.
        model.openStream();
      }
      case 2, 3, 4 -> {
        model.hurried = true;
        model.acknowledge(model.protocol.pingPayload() + what - 3);
      }
      case 5 -> model.acknowledge(0x6865_6c6c_6f00_0000L);
      case 6 -> model.tell(SessionProtocol::received);
      case 7 -> {
        model.hurried = true;
        model.tell((protocol, now) -> protocol.peerClosed());
      }
      case 8 -> {
        if (model.isQuiet()) { // Else Jetty has yet to write what it has to say.
          model.hurried = true;
          model.gate.cut(); // As the adapter does: nothing more is admitted.
          model.tell(SessionProtocol::sessionEnded);
        }
      }
      case 9 -> {
        if (model.drained) {
          model.tell(SessionProtocol::drain);
        }
      }
      case 10 -> {
        if (model.wire.contains("SETTINGS")) {
          model.tell(SessionProtocol::settingsSent);
        }
      }
      case 11 -> {
        model.hurried = true;
        model.tell(SessionProtocol::deadline);
      }
      case 12 -> model.tell(SessionProtocol::timer); // Early, mostly.
      case 13 -> model.passTime(1); // Not enough for anything, not even if all do this.
      case 14 -> {
        model.hurried = true;
        model.passTime(1000);
      }
      default -> {
        model.hurried = true;
        model.passTime(1L << 61);
      }
    }
  }

  /** By itself where everybody is orderly; by the deadline otherwise. */
  private static void end(SessionModel model, List<Object> path) {
    if (!model.drained) {
      model.step(Event.DRAIN);
    }
    if (!model.hurried) {
      List<Event> left = orderly(model);
      while (!left.isEmpty()) {
        path.add(left.get(0));
        model.step(left.get(0));
        SessionInvariants.check(model, path);
        left = orderly(model);
      }
    } else {
      path.add(Event.DEADLINE);
      model.step(Event.DEADLINE);
      while (model.protocol.expiresAt() != NEVER) {
        path.add(Event.TIMER);
        model.step(Event.TIMER);
        SessionInvariants.check(model, path);
      }
    }
    SessionInvariants.checkEnd(model, path);
  }

  private static List<Event> orderly(SessionModel model) {
    return model.enabled().stream().filter(ORDERLY::contains).toList();
  }
}
