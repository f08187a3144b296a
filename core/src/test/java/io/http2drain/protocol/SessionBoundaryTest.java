package io.http2drain.protocol;

import static io.http2drain.protocol.SessionAction.CANCEL;
import static io.http2drain.protocol.SessionAction.DISCONNECT;
import static io.http2drain.protocol.SessionAction.HALF_CLOSE;
import static io.http2drain.protocol.SessionAction.PING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that mean nothing where they come, and values at their limits. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SessionBoundaryTest {

  private final FakeClock clock = new FakeClock();
  private final SessionProtocol protocol =
      new SessionProtocol(new SessionTimes(2_000_000_000L, 1_000_000_000L, 200_000_000L));

  private void announced() {
    clock.advanceNanos(5);
    protocol.settingsSent(clock.now());
    protocol.drain(clock.now());
    protocol.announcementWritten(clock.now());
  }

  private void ackAfter(long nanos) {
    clock.advanceNanos(nanos);
    protocol.pingAcked(protocol.pingPayload(), clock.now());
  }

  private void cut() {
    announced();
    ackAfter(0);
    ackAfter(0);
  }

  @Test
  void firstPing_saysWhoItIsAndWhichItIs() {
    announced();
    assertEquals(0x6832_6472_6169_6e01L, protocol.pingPayload()); // "h2drain" and 1
  }

  @Test
  void roundTrip_isThatOfTheFirstPingWhereTheSecondTookLonger() {
    announced();
    ackAfter(3);
    ackAfter(7);
    assertEquals(3, protocol.roundTrip());
  }

  @Test
  void roundTrip_mayBeZero() {
    announced();
    ackAfter(0);
    ackAfter(7);
    assertEquals(0, protocol.roundTrip());
  }

  @Test
  void drainOfASessionThatIsGone_doesNothing() {
    protocol.disconnected();
    assertEquals(List.of(), protocol.drain(clock.now()));
    assertEquals(SessionProtocol.NEVER, protocol.expiresAt());
  }

  @Test
  void secondDrainBeforeThePreface_doesNotLengthenTheLinger() {
    protocol.drain(clock.now());
    long end = protocol.expiresAt();
    clock.advanceNanos(5);
    protocol.drain(clock.now());
    assertEquals(end, protocol.expiresAt());
  }

  @Test
  void lateStreamWhenTheFinIsDue_isNotRefused() {
    cut();
    protocol.refuse();
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(false, clock.now());
    assertFalse(protocol.refuse());
  }

  @Test
  void timeThatWouldLookLikeNever_isOneEarlier() {
    protocol.drain(Long.MAX_VALUE - 1_000_000_000L);
    assertEquals(Long.MAX_VALUE - 1, protocol.expiresAt());
  }

  @Test
  void lateStreamBeforeTheCut_isNotRefused() {
    announced();
    assertFalse(protocol.refuse());
  }

  @Test
  void finOfThePeerBeforeOurs_isNotTheEnd() {
    cut();
    assertEquals(List.of(), protocol.peerClosed());
  }

  @Test
  void refusalsThatTrickleOut_doNotLengthenTheWaitForTheRest() {
    cut();
    protocol.refuse();
    protocol.refuse();
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(false, clock.now());
    long end = protocol.expiresAt();
    clock.advanceNanos(5);
    assertEquals(List.of(), protocol.refusalWritten(clock.now()));
    assertEquals(end, protocol.expiresAt());
  }

  @Test
  void goAwayThatIsWrittenLate_doesNotCloseOnAFloodThatHasStreamsInFlight() {
    cut();
    protocol.flooded();
    assertEquals(List.of(), protocol.goAwayWritten(clock.now()));
    assertEquals(SessionPhase.CUT, protocol.phase());
  }

  @Test
  void finWithNothingOwed_isFollowedByOneLingerWhateverThePeerSends() {
    cut();
    protocol.goAwayWritten(clock.now());
    assertEquals(List.of(HALF_CLOSE), protocol.streamsDone(false, clock.now()));
    long end = protocol.expiresAt();
    clock.advanceNanos(5);
    protocol.received(clock.now());
    protocol.pingAcked(protocol.pingPayload(), clock.now());
    assertEquals(end, protocol.expiresAt());
    assertEquals(List.of(), protocol.lastWordsWritten());
  }

  @Test
  void lastPingThatIsWrittenWhenTheConnectionIsGone_sendsNoFin() {
    cut();
    protocol.goAwayWritten(clock.now());
    assertEquals(List.of(PING), protocol.streamsDone(true, clock.now()));
    protocol.disconnected();
    assertEquals(List.of(), protocol.pingWritten());
  }

  @Test
  void sessionThatIsGone_hearsNothingMore() {
    announced();
    clock.advanceNanos(2_000_000_000L);
    protocol.timer(clock.now());
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(false, clock.now()); // Unanswered PINGs: what it has read is unknown.
    protocol.disconnected();
    protocol.received(clock.now());
    protocol.failed(clock.now());
    assertEquals(List.of(), protocol.sessionEnded(clock.now()));
    assertEquals(List.of(), protocol.lastWordsWritten());
    assertEquals(SessionProtocol.NEVER, protocol.expiresAt());
  }

  @Test
  void sessionEndInTheMiddleOfAForcedEnd_sendsNoFin() {
    cut();
    assertEquals(List.of(CANCEL), protocol.deadline(clock.now()));
    assertEquals(List.of(), protocol.sessionEnded(clock.now()));
    assertEquals(List.of(DISCONNECT), protocol.lastWordsWritten());
    assertEquals(List.of(), protocol.lastWordsWritten());
  }

  @Test
  void sessionEndBeforeAnythingWasSaid_disconnects() {
    protocol.drain(clock.now());
    assertEquals(List.of(DISCONNECT), protocol.sessionEnded(clock.now()));
    assertEquals(SessionPhase.CLOSED, protocol.phase());
  }

  @Test
  void sessionEndOfASessionThatIsGone_sendsNoFin() {
    cut();
    protocol.disconnected();
    assertEquals(List.of(), protocol.sessionEnded(clock.now()));
  }

  @Test
  void text_namesThePhaseAndWhatIsOutstanding() {
    assertEquals("OPEN", protocol.toString());
    cut();
    protocol.refuse();
    protocol.flooded();
    assertEquals("CUT,flooded,pings=2,unwrittenRefusals=1", protocol.toString());
    protocol.refusalWritten(clock.now());
    protocol.deadline(clock.now());
    assertEquals("CLOSING,forced,flooded,pings=2", protocol.toString());
  }
}
