package io.http2drain.protocol;

import static io.http2drain.protocol.SessionAction.DISCONNECT;
import static io.http2drain.protocol.SessionAction.PING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A session that fails during its drain: its keeper has the last word, and we do not cut it off.
 */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SessionFailureTest {

  private final FakeClock clock = new FakeClock();
  private final SessionProtocol protocol =
      new SessionProtocol(new SessionTimes(2_000_000_000L, 1_000_000_000L, 200_000_000L));

  @BeforeEach
  void announced() {
    protocol.settingsSent(clock.now());
    protocol.drain(clock.now());
    protocol.announcementWritten(clock.now());
  }

  private void cut() {
    protocol.pingAcked(protocol.pingPayload(), clock.now());
    protocol.pingAcked(protocol.pingPayload(), clock.now());
    protocol.goAwayWritten(clock.now());
  }

  @Test
  void failureBeforeTheCut_sendsNothingMore() {
    assertEquals(List.of(), protocol.failed(clock.now()));
    assertEquals(List.of(), protocol.pingAcked(protocol.pingPayload(), clock.now()));
    assertEquals(SessionPhase.CLOSING, protocol.phase());
  }

  @Test
  void endOfTheStreamsBehindAFailure_sendsNoFin() {
    cut();
    protocol.failed(clock.now());
    assertEquals(List.of(), protocol.streamsDone(true, clock.now()));
  }

  @Test
  void failureBetweenTheLastPingAndTheFin_sendsNoFin() {
    cut();
    assertEquals(List.of(PING), protocol.streamsDone(true, clock.now()));
    protocol.failed(clock.now());
    assertEquals(List.of(), protocol.pingWritten());
  }

  @Test
  void failedSessionThatIsNotClosed_isDisconnectedAfterTheLinger() {
    protocol.failed(clock.now());
    clock.advanceNanos(999_999_999L);
    protocol.received(clock.now());
    assertEquals(List.of(), protocol.timer(clock.now()));
    clock.advanceNanos(1);
    assertEquals(List.of(DISCONNECT), protocol.timer(clock.now()));
  }
}
