package io.http2drain.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class RunCensusTest {

  private final RunCensus census = new RunCensus();

  @Test
  void runWithoutSessions_endsWhenItIsReleased() {
    assertFalse(census.isOver());
    assertTrue(census.release(census.holds()));
    assertTrue(census.isOver());
  }

  @Test
  void lastSession_endsTheRunOnceItIsReleased() {
    census.join();
    census.join();
    assertFalse(census.release(census.holds()));
    assertFalse(census.leave());
    assertTrue(census.leave());
    assertEquals(2, census.joined());
  }

  @Test
  void lastSession_doesNotEndARunThatIsHeld() {
    census.join();
    assertFalse(census.leave());
    assertFalse(census.isOver());
    assertTrue(census.release(census.holds()));
  }

  @Test
  void holdWhileSomebodyLooks_isNotReleased() {
    int seen = census.holds();
    assertTrue(census.hold());
    assertFalse(census.release(seen));
    assertFalse(census.isOver());
    assertTrue(census.release(census.holds()));
  }

  @Test
  void holdAfterARelease_holdsAgain() {
    census.join();
    census.release(census.holds());
    assertTrue(census.hold());
    assertFalse(census.leave());
    assertTrue(census.release(census.holds()));
  }

  @Test
  void end_isToldOnce() {
    assertTrue(census.release(census.holds()));
    assertFalse(census.release(census.holds()));
    assertFalse(census.end());
    census.join();
    assertFalse(census.leave());
  }

  @Test
  void runThatIsOver_cannotBeHeld() {
    census.join();
    assertTrue(census.end());
    assertTrue(census.isOver());
    assertFalse(census.hold());
    assertFalse(census.leave());
  }

  @Test
  void admission_endsWithTheLastSessionThatAdmits() {
    census.join();
    census.join();
    assertFalse(census.admissionEnded());
    assertTrue(census.admissionEnded());
    Throwable x = assertThrows(IllegalStateException.class, census::admissionEnded);
    assertEquals("admitting: 0 (expected: > 0)", x.getMessage());
  }

  @Test
  void leaveOfNobody_throws() {
    Throwable x = assertThrows(IllegalStateException.class, census::leave);
    assertEquals("present: 0 (expected: > 0)", x.getMessage());
  }
}
