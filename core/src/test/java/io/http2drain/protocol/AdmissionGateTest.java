package io.http2drain.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class AdmissionGateTest {

  private final AdmissionGate gate = new AdmissionGate();

  @Test
  void newGateIsOpenAndEmpty() {
    assertFalse(gate.isCut());
    assertEquals(0, gate.inFlight());
    assertEquals(0, gate.lastAdmitted());
  }

  @Test
  void admitBeforeTheCutCountsAndRemembersTheId() {
    assertTrue(gate.admit(1));
    assertTrue(gate.admit(7));
    assertEquals(2, gate.inFlight());
    assertEquals(7, gate.lastAdmitted());
  }

  @Test
  void cutNamesTheLastAdmittedStreamAndThoseInFlight() {
    assertTrue(gate.admit(1));
    assertTrue(gate.admit(3));
    assertFalse(gate.complete());
    assertEquals(new AdmissionGate.Cut(3, 1), gate.cut());
  }

  @Test
  void cutOfAGateThatSawNoStreamNamesZero() {
    assertEquals(new AdmissionGate.Cut(0, 0), gate.cut());
  }

  @Test
  void admitAfterTheCutIsRefusedAndChangesNothing() {
    assertTrue(gate.admit(1));
    gate.cut();
    assertFalse(gate.admit(3));
    assertEquals(1, gate.inFlight());
    assertEquals(1, gate.lastAdmitted());
  }

  @Test
  void streamThatIsTurnedAwayWasOpenedAndIsNotAdmitted() {
    assertEquals(0, gate.lastOpened());
    gate.turnedAway(5);
    gate.turnedAway(3);
    assertEquals(5, gate.lastOpened());
    assertTrue(gate.admit(7));
    assertEquals(7, gate.lastOpened());
    gate.turnedAway(9);
    assertEquals(9, gate.lastOpened());
    assertEquals(new AdmissionGate.Cut(7, 1), gate.cut());
  }

  @Test
  void secondCutChangesNothing() {
    assertTrue(gate.admit(5));
    gate.cut();
    assertEquals(new AdmissionGate.Cut(5, 1), gate.cut());
  }

  @Test
  void onlyTheLastCompletionAfterTheCutSaysSo() {
    assertTrue(gate.admit(1));
    assertTrue(gate.admit(3));
    gate.cut();
    assertFalse(gate.complete());
    assertTrue(gate.complete());
  }

  @Test
  void completionOfTheLastStreamBeforeTheCutDoesNotSaySo() {
    assertTrue(gate.admit(1));
    assertFalse(gate.complete());
  }

  @Test
  void completionWithoutAStreamInFlightThrows() {
    Throwable x = assertThrows(IllegalStateException.class, gate::complete);
    assertEquals("streams in flight: 0 (expected: > 0)", x.getMessage());
  }

  @Test
  void idThatDoesNotRiseThrows() {
    assertTrue(gate.admit(3));
    Throwable x = assertThrows(IllegalArgumentException.class, () -> gate.admit(3));
    assertEquals("streamId: 3 (expected: > 3)", x.getMessage());
  }

  @Test
  void largestIdAndManyStreamsDoNotSpillIntoEachOther() {
    assertTrue(gate.admit(2147483645));
    assertTrue(gate.admit(2147483647));
    assertEquals(2, gate.inFlight());
    assertFalse(gate.isCut());
    assertEquals(new AdmissionGate.Cut(2147483647, 2), gate.cut());
  }

  @Test
  void text_namesTheStateOfTheGate() {
    AdmissionGate gate = new AdmissionGate();
    gate.admit(3);
    assertEquals("open,inFlight=1,last=3", gate.toString());
    assertFalse(gate.isCut());
    gate.cut();
    assertEquals("cut,inFlight=1,last=3", gate.toString());
    assertTrue(gate.isCut());
  }
}
