package io.http2drain.protocol;

import static io.http2drain.protocol.SessionAction.ANNOUNCE;
import static io.http2drain.protocol.SessionAction.CALM;
import static io.http2drain.protocol.SessionAction.CANCEL;
import static io.http2drain.protocol.SessionAction.CUT;
import static io.http2drain.protocol.SessionAction.DISCONNECT;
import static io.http2drain.protocol.SessionAction.HALF_CLOSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that floods the session: its admitted streams have their time, then it is told. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SessionFloodTest {

  private final FakeClock clock = new FakeClock();
  private final SessionProtocol protocol =
      new SessionProtocol(new SessionTimes(2_000_000_000L, 1_000_000_000L, 200_000_000L));

  /** Cut, with a stream in flight, of a peer that answers PINGs. */
  @BeforeEach
  void cut() {
    protocol.settingsSent(clock.now());
    assertEquals(List.of(ANNOUNCE), protocol.drain(clock.now()));
    protocol.announcementWritten(clock.now());
    protocol.pingAcked(protocol.pingPayload(), clock.now());
    assertEquals(List.of(CUT), protocol.pingAcked(protocol.pingPayload(), clock.now()));
    protocol.goAwayWritten(clock.now());
  }

  @Test
  void flood_changesNothingForTheStreamsInFlight() {
    assertFalse(protocol.isFlooded());
    assertEquals(List.of(), protocol.flooded());
    assertTrue(protocol.isFlooded());
    assertEquals(SessionPhase.CUT, protocol.phase());
    assertEquals(SessionProtocol.NEVER, protocol.expiresAt());
  }

  @Test
  void lateStreamsOfAFlood_areNotAnswered() {
    assertTrue(protocol.refuse());
    protocol.flooded();
    assertFalse(protocol.refuse());
  }

  @Test
  void endOfTheLastStream_tellsThePeerAndThenHalfCloses() {
    protocol.flooded();
    assertEquals(List.of(CALM), protocol.streamsDone(true, clock.now()));
    assertEquals(List.of(HALF_CLOSE), protocol.goAwayWritten(clock.now()));
    assertEquals(List.of(DISCONNECT), protocol.peerClosed());
  }

  @Test
  void peerThatReadsNothing_isDisconnectedAfterTheLinger() {
    protocol.flooded();
    protocol.streamsDone(true, clock.now());
    clock.advanceNanos(999_999_999L);
    protocol.received(clock.now());
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceNanos(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void deadline_cancelsAFloodedSessionLikeAnyOther() {
    protocol.flooded();
    assertEquals(List.of(CANCEL), protocol.deadline(clock.now()));
    assertEquals(List.of(), protocol.goAwayWritten(clock.now()));
    assertEquals(List.of(DISCONNECT), protocol.lastWordsWritten());
  }

  @Test
  void floodBetweenTheEndOfTheStreamsAndTheFin_isLeftToTheLinger() {
    protocol.streamsDone(false, clock.now());
    assertEquals(SessionPhase.CLOSING, protocol.phase());
    assertEquals(List.of(), protocol.flooded());
    clock.advanceNanos(1_000_000_000L);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }
}
