package io.http2drain.protocol;

import static io.http2drain.protocol.SessionProtocol.MAX_UNWRITTEN_REFUSALS;
import static io.http2drain.protocol.SessionProtocol.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fuzzing of {@link SessionProtocol} and {@link AdmissionGate}, called as no session would. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProtocolFuzzTest {

  private static final int MAX_CALLS = 400;

  /** The events of {@link SessionProtocol}, and those of the gate beside it. */
  private enum Call {
    DRAIN,
    SETTINGS_SENT,
    ANNOUNCEMENT_WRITTEN,
    PING_WRITTEN,
    PING_ACKED,
    RECEIVED,
    STREAMS_DONE,
    GO_AWAY_WRITTEN,
    REFUSAL_WRITTEN,
    PEER_CLOSED,
    PEER_LEAVES,
    SESSION_ENDED,
    FAILED,
    WRITE_FAILED,
    FLOODED,
    DISCONNECTED,
    DEADLINE,
    LAST_WORDS_WRITTEN,
    TIMER,
    STREAM_ARRIVES,
    STREAM_ENDS,
    CUT_AGAIN,
    MANY_STREAMS_ARRIVE,
    TIME_PASSES,
    IDLE,
    UNDO
  }

  @Test
  void everyEventOfTheProtocol_isFuzzed() {
    Set<String> events =
        Arrays.stream(SessionProtocol.class.getMethods())
            .filter(method -> method.getReturnType() == List.class)
            .map(Method::getName)
            .collect(Collectors.toSet());
    Set<String> fuzzed =
        Arrays.stream(Call.values())
            .map(call -> call.name().replace("_", "").toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    events.removeIf(event -> fuzzed.contains(event.toLowerCase(Locale.ROOT)));
    assertEquals(Set.of(), events);
  }

  @FuzzTest
  void anyCalls_keepThePhasesInOrderAndEnd(byte[] input) {
    ByteBuffer bytes = ByteBuffer.wrap(input, 0, Math.min(input.length, 2 * MAX_CALLS));
    Calls calls = new Calls();
    while (bytes.remaining() >= 2) {
      Call call = Call.values()[(bytes.get() & 0xff) % Call.values().length];
      calls.make(call, bytes.get());
    }
    calls.make(Call.DEADLINE, 0);
    for (int i = 0; i < 2 && calls.protocol.expiresAt() != NEVER; i++) {
      calls.clock.advanceNanos(calls.protocol.expiresAt() - calls.clock.now());
      calls.make(Call.TIMER, 0);
    }
    assertEquals(SessionPhase.CLOSED, calls.protocol.phase(), calls::toString);
  }

  /** A protocol and a gate, and what they have said so far. */
  private static final class Calls {

    private static final SessionTimes TIMES =
        new SessionTimes(2_000_000_000L, 1_000_000_000L, 200_000_000L);

    private final FakeClock clock = new FakeClock();
    private final SessionProtocol protocol = new SessionProtocol(TIMES);
    private final AdmissionGate gate = new AdmissionGate();
    private final List<String> made = new ArrayList<>();
    private final Set<Call> called = EnumSet.noneOf(Call.class);
    private final List<SessionAction> said = new ArrayList<>();
    private int lastArrived = -1;
    private int lastAdmitted;
    private int inFlight;
    private int finalLastId = -1;
    private int unwrittenRefusals;

    void make(Call call, int argument) {
      made.add(call + " " + argument);
      SessionPhase before = protocol.phase();
      long expiry = protocol.expiresAt();
      List<SessionAction> actions = call(call, argument);
      called.add(call);
      SessionPhase after = protocol.phase();
      assertTrue(after == before || before.next().contains(after), this::toString);
      for (SessionAction action : actions) {
        check(action, call);
        said.add(action);
      }
      checkTimes(call, before, expiry);
    }

    private List<SessionAction> call(Call call, int argument) {
      long now = clock.now();
      switch (call) {
        case DRAIN -> {
          return protocol.drain(now);
        }
        case SETTINGS_SENT -> {
          return protocol.settingsSent(now);
        }
        case ANNOUNCEMENT_WRITTEN -> {
          return protocol.announcementWritten(now);
        }
        case PING_WRITTEN -> {
          return protocol.pingWritten();
        }
        case PING_ACKED -> {
          return protocol.pingAcked(protocol.pingPayload() + argument / 64, now);
        }
        case RECEIVED -> {
          return protocol.received(now);
        }
        case STREAMS_DONE -> {
          return protocol.streamsDone(argument >= 0, now);
        }
        case GO_AWAY_WRITTEN -> {
          return protocol.goAwayWritten(now);
        }
        case REFUSAL_WRITTEN -> {
          if (unwrittenRefusals > 0) { // Nothing else can be written.
            unwrittenRefusals--;
            return protocol.refusalWritten(now);
          }
        }
        case PEER_CLOSED -> {
          return protocol.peerClosed();
        }
        case PEER_LEAVES -> {
          return protocol.peerLeaves();
        }
        case SESSION_ENDED -> {
          return protocol.sessionEnded(now);
        }
        case FAILED -> {
          return protocol.failed(now);
        }
        case WRITE_FAILED -> {
          return protocol.writeFailed();
        }
        case FLOODED -> {
          return protocol.flooded();
        }
        case DISCONNECTED -> {
          return protocol.disconnected();
        }
        case DEADLINE -> {
          return protocol.deadline(now);
        }
        case LAST_WORDS_WRITTEN -> {
          return protocol.lastWordsWritten();
        }
        case TIMER -> {
          return protocol.timer(now);
        }
        case IDLE -> {
          return protocol.idle();
        }
        case UNDO -> {
          boolean stays = protocol.undo();
          assertEquals(protocol.phase() == SessionPhase.OPEN, stays, this::toString);
          if (stays) {
            called.remove(Call.DRAIN);
          }
        }
        case STREAM_ARRIVES -> arrive();
        case MANY_STREAMS_ARRIVE -> {
          for (int i = 0; i < 8 * (argument & 0xff); i++) {
            arrive();
          }
        }
        case STREAM_ENDS -> end();
        case CUT_AGAIN -> {
          if (finalLastId >= 0) {
            assertEquals(finalLastId, gate.cut().lastAdmitted(), this::toString);
          }
        }
        case TIME_PASSES ->
            clock.advanceNanos(argument < 0 ? -argument : 1L << (argument % 63)); // 1 ns to ages.
      }
      return List.of();
    }

    private void arrive() {
      lastArrived += 2;
      boolean admitted = gate.admit(lastArrived);
      assertEquals(finalLastId < 0, admitted, this::toString);
      if (admitted) {
        lastAdmitted = lastArrived;
        inFlight++;
      } else {
        boolean answer = protocol.refuse();
        assertTrue(!answer || protocol.phase() == SessionPhase.CUT, this::toString);
        unwrittenRefusals += answer ? 1 : 0;
        assertTrue(unwrittenRefusals <= MAX_UNWRITTEN_REFUSALS, this::toString);
      }
    }

    private void end() {
      if (inFlight > 0) {
        inFlight--;
        boolean last = gate.complete();
        assertEquals(finalLastId >= 0 && inFlight == 0, last, this::toString);
      }
      assertEquals(inFlight, gate.inFlight(), this::toString);
    }

    private void check(SessionAction action, Call call) {
      assertFalse(said.contains(SessionAction.DISCONNECT), this::toString);
      boolean repeatable = action == SessionAction.PING;
      assertTrue(repeatable || !said.contains(action), this::toString);
      switch (action) {
        case ANNOUNCE -> {
          assertTrue(called.contains(Call.DRAIN) || call == Call.DRAIN, this::toString);
          assertEquals(List.of(), said, this::toString);
          assertTrue(settingsSent(call), this::toString);
        }
        case PING -> {
          assertTrue(
              called.contains(Call.ANNOUNCEMENT_WRITTEN) || call == Call.ANNOUNCEMENT_WRITTEN,
              this::toString);
          assertTrue(said.contains(SessionAction.ANNOUNCE), this::toString);
          assertTrue(pings() < 3, this::toString);
          assertFalse(said.contains(SessionAction.HALF_CLOSE), this::toString);
          assertFalse(said.contains(SessionAction.CANCEL), this::toString);
        }
        case CUT -> {
          assertTrue(said.contains(SessionAction.ANNOUNCE), this::toString);
          assertFalse(said.contains(SessionAction.CANCEL), this::toString);
          cut();
        }
        case CALM -> {
          assertTrue(called.contains(Call.FLOODED), this::toString);
          assertStreamsAreDone(call);
        }
        case HALF_CLOSE -> {
          assertFalse(said.contains(SessionAction.CANCEL), this::toString);
          assertFalse(called.contains(Call.FAILED), this::toString);
          if (call != Call.SESSION_ENDED) {
            assertStreamsAreDone(call);
          }
        }
        case CANCEL -> {
          assertEquals(Call.DEADLINE, call, this::toString);
          assertTrue(settingsSent(call), this::toString);
          cut();
        }
        case DISCONNECT -> assertEquals(SessionPhase.CLOSED, protocol.phase(), this::toString);
      }
    }

    private void assertStreamsAreDone(Call call) {
      assertTrue(said.contains(SessionAction.CUT), this::toString);
      assertFalse(said.contains(SessionAction.CANCEL), this::toString);
      assertTrue(called.contains(Call.STREAMS_DONE) || call == Call.STREAMS_DONE, this::toString);
      assertTrue(
          called.contains(Call.GO_AWAY_WRITTEN) || call == Call.GO_AWAY_WRITTEN, this::toString);
    }

    private void cut() {
      AdmissionGate.Cut cut = gate.cut();
      assertEquals(lastAdmitted, cut.lastAdmitted(), this::toString);
      assertEquals(inFlight, cut.inFlight(), this::toString);
      finalLastId = cut.lastAdmitted();
    }

    private boolean settingsSent(Call call) {
      return called.contains(Call.SETTINGS_SENT) || call == Call.SETTINGS_SENT;
    }

    private long pings() {
      return said.stream().filter(action -> action == SessionAction.PING).count();
    }

    /** Whoever waits does so for a time; a time that is over is never waited for again. */
    private void checkTimes(Call call, SessionPhase before, long expiry) {
      boolean waits = protocol.expiresAt() != NEVER;
      switch (protocol.phase()) {
        case OPEN -> assertEquals(called.contains(Call.DRAIN), waits, this::toString);
        case ANNOUNCED -> assertTrue(waits, this::toString);
        case CUT -> {}
        // The answer to the PING that goes before the FIN is waited for until the deadline.
        case CLOSING -> assertTrue(waits || pings() > 0, this::toString);
        case CLOSED -> assertFalse(waits, this::toString);
      }
      if (call == Call.TIMER) {
        boolean due = expiry != NEVER && clock.now() - expiry >= 0;
        if (due) {
          assertNotEquals(before, protocol.phase(), this::toString);
        } else {
          assertEquals(before, protocol.phase(), this::toString);
          assertEquals(expiry, protocol.expiresAt(), this::toString);
        }
      }
    }

    @Override
    public String toString() {
      return protocol + " said " + said + " after " + made;
    }
  }
}
