package io.http2drain.protocol;

import static io.http2drain.protocol.SessionAction.ANNOUNCE;
import static io.http2drain.protocol.SessionAction.CANCEL;
import static io.http2drain.protocol.SessionAction.CUT;
import static io.http2drain.protocol.SessionAction.DISCONNECT;
import static io.http2drain.protocol.SessionAction.HALF_CLOSE;
import static io.http2drain.protocol.SessionAction.PING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SessionProtocolTest {

  private static final SessionTimes TIMES =
      new SessionTimes(2_000_000_000L, 1_000_000_000L, 200_000_000L);

  private final FakeClock clock = new FakeClock();
  private final SessionProtocol protocol = new SessionProtocol(TIMES);

  @Test
  void drainOfAnOpenSessionAnnounces() {
    protocol.settingsSent(clock.now());
    assertEquals(List.of(ANNOUNCE), protocol.drain(clock.now()));
    assertEquals(SessionPhase.ANNOUNCED, protocol.phase());
  }

  @Test
  void drainBeforeOurSettingsWaitsForThem() {
    assertEquals(List.of(), protocol.drain(clock.now()));
    assertEquals(List.of(ANNOUNCE), protocol.settingsSent(clock.now()));
  }

  @Test
  void secondDrainDoesNothing() {
    announced();
    assertEquals(List.of(), protocol.drain(clock.now()));
  }

  @Test
  void prefaceThatDoesNotCompleteWithinTheLingerDisconnects() {
    protocol.drain(clock.now());
    clock.advanceNanos(999_999_999L);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceNanos(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
    assertEquals(List.of(), protocol.settingsSent(clock.now()));
  }

  @Test
  void pingFollowsTheAnnouncementOnlyOnceThatIsWritten() {
    announced();
    assertEquals(List.of(PING), protocol.announcementWritten(clock.now()));
    assertEquals(List.of(), protocol.announcementWritten(clock.now()));
  }

  @Test
  void secondAcknowledgementCuts() {
    pinged();
    assertEquals(List.of(PING), ack());
    assertEquals(List.of(CUT), ack());
    assertEquals(SessionPhase.CUT, protocol.phase());
  }

  @Test
  void acknowledgementOfTheFirstPingTwiceDoesNotCut() {
    pinged();
    long first = protocol.pingPayload();
    assertEquals(List.of(PING), protocol.pingAcked(first, clock.now()));
    assertEquals(List.of(), protocol.pingAcked(first, clock.now()));
  }

  @Test
  void acknowledgementOfAForeignPingDoesNothing() {
    pinged();
    assertEquals(List.of(), protocol.pingAcked(42, clock.now()));
    assertEquals(List.of(), protocol.pingAcked(0, clock.now()));
  }

  @Test
  void acknowledgementBeforeAnyPingDoesNothing() {
    announced();
    assertEquals(List.of(), protocol.pingAcked(protocol.pingPayload(), clock.now()));
  }

  @Test
  void eachPingHasAPayloadOfItsOwn() {
    pinged();
    long first = protocol.pingPayload();
    ack();
    assertNotEquals(first, protocol.pingPayload());
  }

  @Test
  void pingThatIsNotAcknowledgedCutsAtTheTimeOut() {
    pinged();
    clock.advanceNanos(1_999_999_999L);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceNanos(1);
    assertEquals(List.of(CUT), protocol.timer(clock.now()));
  }

  @Test
  void secondPingHasTheWholeTimeOutAgain() {
    pinged();
    clock.advanceMillis(1_900);
    assertEquals(List.of(PING), ack());
    clock.advanceMillis(1_900);
    assertEquals(List.of(), protocol.timer(clock.now()));
    assertEquals(List.of(CUT), ack());
  }

  @Test
  void announcementThatIsNeverWrittenCutsAtTheTimeOut() {
    announced();
    clock.advanceMillis(2_000);
    assertEquals(List.of(CUT), protocol.timer(clock.now()));
  }

  @Test
  void acknowledgementAfterTheTimeOutDoesNothing() {
    pinged();
    clock.advanceMillis(2_000);
    protocol.timer(clock.now());
    assertEquals(List.of(), ack());
  }

  @Test
  void roundTripIsTheShorterOfTheTwo() {
    pinged();
    assertEquals(-1, protocol.roundTrip());
    clock.advanceMillis(70);
    ack();
    clock.advanceMillis(50);
    ack();
    assertEquals(50_000_000L, protocol.roundTrip());
  }

  @Test
  void idleSessionHalfClosesOnceTheFinalGoAwayIsWritten() {
    cut();
    assertEquals(List.of(), protocol.streamsDone(false, clock.now()));
    assertEquals(List.of(HALF_CLOSE), protocol.goAwayWritten(clock.now()));
    assertEquals(SessionPhase.CLOSING, protocol.phase());
  }

  @Test
  void busySessionStaysUntilItsLastStreamEnds() {
    cut();
    assertEquals(List.of(), protocol.goAwayWritten(clock.now()));
    clock.advanceMillis(20_000);
    assertEquals(List.of(), protocol.timer(clock.now()));
    assertEquals(List.of(PING), protocol.streamsDone(true, clock.now()));
  }

  @Test
  void sessionThatServedSendsItsFinRightBehindALastPing() {
    cut();
    protocol.goAwayWritten(clock.now());
    assertEquals(List.of(PING), protocol.streamsDone(true, clock.now()));
    assertEquals(List.of(HALF_CLOSE), protocol.pingWritten());
  }

  @Test
  void answerToTheLastPingAheadOfItsWriteCallbackSendsTheFin() {
    cut();
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(true, clock.now());
    assertEquals(List.of(HALF_CLOSE), ack());
    assertEquals(List.of(), protocol.pingWritten());
  }

  @Test
  void slowReaderKeepsItsConnectionUntilItAnswersTheLastPing() {
    farewellPinged();
    clock.advanceMillis(10_000);
    assertEquals(List.of(), protocol.timer(clock.now()));
    assertEquals(List.of(), ack());
    clock.advanceMillis(999);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceMillis(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void acknowledgementOfTheLastPingTwiceDoesNotLengthenTheLinger() {
    farewellPinged();
    long last = protocol.pingPayload();
    assertEquals(List.of(), protocol.pingAcked(last, clock.now()));
    clock.advanceMillis(600);
    assertEquals(List.of(), protocol.pingAcked(last, clock.now()));
    clock.advanceMillis(400);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void peerThatAnsweredNoPingGetsNoLastOne() {
    pinged();
    clock.advanceMillis(2_000);
    protocol.timer(clock.now());
    protocol.goAwayWritten(clock.now());
    assertEquals(List.of(HALF_CLOSE), protocol.streamsDone(true, clock.now()));
  }

  @Test
  void slowReaderThatAnswersAPingOnlyAfterOurFinStillMayTakeTheLingerAnew() {
    pinged();
    clock.advanceMillis(2_000);
    protocol.timer(clock.now());
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(true, clock.now());
    assertEquals(List.of(), ack()); // It has read the announcement; the answer is behind that.
    clock.advanceMillis(900);
    protocol.received(clock.now());
    clock.advanceMillis(999);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceMillis(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void finOfThePeerEndsTheLinger() {
    halfClosed();
    assertEquals(List.of(DISCONNECT), protocol.peerClosed());
    assertEquals(SessionPhase.CLOSED, protocol.phase());
  }

  @Test
  void peerThatDoesNotCloseIsDisconnectedAfterTheLinger() {
    halfClosed();
    clock.advanceNanos(999_999_999L);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceNanos(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void failedSessionGetsNoFinBeforeItsOwnGoAwayButOnlyTheLingerForIt() {
    cut();
    assertEquals(List.of(), protocol.failed(clock.now()));
    assertEquals(List.of(), protocol.streamsDone(true, clock.now()));
    assertEquals(List.of(), protocol.goAwayWritten(clock.now()));
    clock.advanceMillis(999);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceMillis(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
    assertEquals(List.of(), protocol.failed(clock.now()));
  }

  @Test
  void failureEndsTheWaitForAnAnswerToTheLastPingAfterTheLinger() {
    farewellPinged();
    protocol.failed(clock.now());
    clock.advanceMillis(1_000);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void failureAfterTheFinDoesNotLengthenTheLinger() {
    halfClosed();
    clock.advanceMillis(600);
    protocol.failed(clock.now());
    clock.advanceMillis(400);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void failedWriteDisconnects() {
    announced();
    assertEquals(List.of(DISCONNECT), protocol.writeFailed());
    assertEquals(List.of(), protocol.writeFailed());
  }

  @Test
  void failedWriteBehindOurFinDoesNothing() {
    halfClosed();
    assertEquals(List.of(), protocol.writeFailed());
  }

  @Test
  void goAwayOfThePeerCutsAtOnce() {
    pinged();
    assertEquals(List.of(CUT), protocol.peerLeaves());
    assertEquals(List.of(), protocol.peerLeaves());
    assertEquals(List.of(), ack());
  }

  @Test
  void sessionThatEndsByItselfHalfClosesAndLingersWhileThePeerSends() {
    pinged();
    assertEquals(List.of(HALF_CLOSE), protocol.sessionEnded(clock.now()));
    assertEquals(List.of(), protocol.sessionEnded(clock.now()));
    clock.advanceMillis(900);
    protocol.received(clock.now());
    clock.advanceMillis(999);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceMillis(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void sessionThatEndsByItselfBeforeItsLastPingIsWrittenHalfCloses() {
    cut();
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(true, clock.now());
    assertEquals(List.of(HALF_CLOSE), protocol.sessionEnded(clock.now()));
    clock.advanceMillis(1_000);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void sessionThatEndsByItselfBehindItsLastPingStillWaitsForTheAnswer() {
    farewellPinged();
    assertEquals(List.of(), protocol.sessionEnded(clock.now()));
    clock.advanceMillis(10_000);
    assertEquals(List.of(), protocol.timer(clock.now()));
  }

  @Test
  void refusalsAreAnsweredFromTheCutToTheFin() {
    announced();
    assertFalse(protocol.refuse());
    protocol.announcementWritten(clock.now());
    ack();
    ack();
    assertTrue(protocol.refuse());
    protocol.refusalWritten(clock.now());
    protocol.goAwayWritten(clock.now());
    assertTrue(protocol.refuse());
    protocol.refusalWritten(clock.now());
    protocol.streamsDone(false, clock.now());
    assertFalse(protocol.refuse());
  }

  @Test
  void finWaitsForTheRefusalsBeforeIt() {
    cut();
    assertTrue(protocol.refuse());
    protocol.goAwayWritten(clock.now());
    assertEquals(List.of(), protocol.streamsDone(false, clock.now()));
    assertEquals(List.of(HALF_CLOSE), protocol.refusalWritten(clock.now()));
  }

  @Test
  void peerThatDoesNotReadItsRefusalsHoldsTheFinForTheLingerOnly() {
    cut();
    assertTrue(protocol.refuse());
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(false, clock.now());
    clock.advanceMillis(1_000);
    assertEquals(List.of(HALF_CLOSE), protocol.timer(clock.now()));
  }

  @Test
  void refusalsThatAreNotReadAreBounded() {
    cut();
    for (int i = 0; i < 1024; i++) {
      assertTrue(protocol.refuse());
    }
    assertFalse(protocol.refuse());
    protocol.refusalWritten(clock.now());
    assertTrue(protocol.refuse());
  }

  @Test
  void deadlineCancelsWhatIsInFlightAndDisconnectsOnceThatIsWritten() {
    cut();
    protocol.goAwayWritten(clock.now());
    assertEquals(List.of(CANCEL), protocol.deadline(clock.now()));
    assertEquals(List.of(DISCONNECT), protocol.lastWordsWritten());
    assertEquals(SessionPhase.CLOSED, protocol.phase());
  }

  @Test
  void deadlineDoesNotWaitForAPeerThatReadsNothing() {
    cut();
    protocol.deadline(clock.now());
    clock.advanceMillis(199);
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceMillis(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }

  @Test
  void deadlineBeforeOurSettingsSendsNothing() {
    protocol.drain(clock.now());
    assertEquals(List.of(DISCONNECT), protocol.deadline(clock.now()));
  }

  @Test
  void deadlineWhileAnnouncedCancels() {
    pinged();
    assertEquals(List.of(CANCEL), protocol.deadline(clock.now()));
    assertEquals(List.of(), ack());
  }

  @Test
  void deadlineEndsTheLinger() {
    halfClosed();
    assertEquals(List.of(DISCONNECT), protocol.deadline(clock.now()));
  }

  @Test
  void secondDeadlineDoesNothing() {
    cut();
    protocol.deadline(clock.now());
    assertEquals(List.of(), protocol.deadline(clock.now()));
  }

  @Test
  void nothingHappensOnceTheConnectionIsGone() {
    pinged();
    assertEquals(List.of(), protocol.disconnected());
    assertEquals(SessionPhase.CLOSED, protocol.phase());
    assertEquals(SessionProtocol.NEVER, protocol.expiresAt());
    assertEquals(List.of(), ack());
    assertEquals(List.of(), protocol.deadline(clock.now()));
    assertEquals(List.of(), protocol.timer(clock.now()));
    assertEquals(List.of(), protocol.streamsDone(true, clock.now()));
    assertFalse(protocol.refuse());
  }

  @Test
  void phaseThatGoesBackThrowsAndNamesBoth() {
    Throwable x =
        assertThrows(
            IllegalStateException.class, () -> SessionPhase.CUT.to(SessionPhase.ANNOUNCED));
    assertEquals("phase: ANNOUNCED after CUT (expected: [CLOSING, CLOSED])", x.getMessage());
  }

  private void announced() {
    protocol.settingsSent(clock.now());
    protocol.drain(clock.now());
  }

  private void pinged() {
    announced();
    protocol.announcementWritten(clock.now());
  }

  private List<SessionAction> ack() {
    return protocol.pingAcked(protocol.pingPayload(), clock.now());
  }

  private void cut() {
    pinged();
    ack();
    ack();
  }

  private void halfClosed() {
    cut();
    protocol.streamsDone(false, clock.now());
    protocol.goAwayWritten(clock.now());
  }

  private void farewellPinged() {
    cut();
    protocol.goAwayWritten(clock.now());
    protocol.streamsDone(true, clock.now());
    protocol.pingWritten();
  }
}
