package io.http2drain.protocol;

import static io.http2drain.protocol.SessionAction.ANNOUNCE;
import static io.http2drain.protocol.SessionAction.CUT;
import static io.http2drain.protocol.SessionAction.DISCONNECT;
import static io.http2drain.protocol.SessionAction.HALF_CLOSE;
import static io.http2drain.protocol.SessionAction.PING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session that shall stay after all, in each phase; and one without a deadline. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SessionUndoTest {

  private final FakeClock clock = new FakeClock();
  private final SessionProtocol protocol =
      new SessionProtocol(new SessionTimes(2_000_000_000L, 1_000_000_000L, 200_000_000L));

  private void announced() {
    protocol.settingsSent(clock.now());
    protocol.drain(clock.now());
    protocol.announcementWritten(clock.now());
  }

  private void cut() {
    protocol.pingAcked(protocol.pingPayload(), clock.now());
    protocol.pingAcked(protocol.pingPayload(), clock.now());
    assertEquals(SessionPhase.CUT, protocol.phase());
  }

  /** On its way out, with an answer to its last PING missing. */
  private void closing() {
    announced();
    cut();
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(true, clock.now());
    assertEquals(List.of(HALF_CLOSE), protocol.pingWritten());
  }

  @Test
  void beforeItsPreface_staysAndIsNotTimedOut() {
    protocol.drain(clock.now());
    assertTrue(protocol.undo());
    clock.advanceMillis(1000);
    assertEquals(List.of(), protocol.timer(clock.now()));
    assertEquals(SessionProtocol.NEVER, protocol.expiresAt());
    assertEquals(List.of(), protocol.settingsSent(clock.now()));
    assertEquals(SessionPhase.OPEN, protocol.phase());
  }

  @Test
  void askedAgain_leaves() {
    protocol.drain(clock.now());
    assertTrue(protocol.undo());
    assertEquals(List.of(), protocol.drain(clock.now()));
    assertEquals(List.of(ANNOUNCE), protocol.settingsSent(clock.now()));
  }

  @Test
  void announced_goesOnLeaving() {
    announced();
    assertFalse(protocol.undo());
    assertEquals(List.of(PING), protocol.pingAcked(protocol.pingPayload(), clock.now()));
    assertEquals(List.of(CUT), protocol.pingAcked(protocol.pingPayload(), clock.now()));
  }

  @Test
  void announcedAndSilent_isStillCutAfterThePingTimeout() {
    announced();
    assertFalse(protocol.undo());
    clock.advanceMillis(2000);
    assertEquals(List.of(CUT), protocol.timer(clock.now()));
  }

  @Test
  void cutAndClosing_cannotBeUndone() {
    announced();
    cut();
    assertFalse(protocol.undo());
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(false, clock.now());
    assertFalse(protocol.undo());
    protocol.disconnected();
    assertFalse(protocol.undo());
  }

  @Test
  void idleWithRequestsInFlight_changesNothing() {
    assertEquals(List.of(), protocol.idle());
    announced();
    assertEquals(List.of(), protocol.idle());
    cut();
    assertEquals(List.of(), protocol.idle());
  }

  @Test
  void idleWhileClosing_ends() {
    closing();
    assertEquals(SessionPhase.CLOSING, protocol.phase());
    assertEquals(List.of(DISCONNECT), protocol.idle());
    assertEquals(List.of(), protocol.idle());
  }
}
