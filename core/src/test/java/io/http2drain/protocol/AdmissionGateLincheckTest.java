package io.http2drain.protocol;

import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The gate under a concurrency tester: whatever the threads' interleaving, the outcome is one that
 * some order of whole calls has, too. The order itself is what {@link AdmissionGateTest} specifies.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdmissionGateLincheckTest {

  /**
   * A session as it uses its gate: one thread at a time parses, so ids rise under a lock that is
   * not part of the gate; streams end and the drain cuts on any thread.
   */
  public static class Session {

    private final AdmissionGate gate = new AdmissionGate();

    @Operation(nonParallelGroup = "parser")
    public String arrive() {
      int streamId = gate.lastAdmitted() + 2;
      return gate.admit(streamId) ? "admitted " + streamId : "refused";
    }

    @Operation
    public String end() {
      try {
        return gate.complete() ? "last" : "ended";
      } catch (IllegalStateException x) {
        return "none in flight";
      }
    }

    @Operation
    public String cut() {
      return gate.cut().toString();
    }
  }

  @Test
  void everyInterleavingIsLinearizable() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(300)
        .threads(3)
        .actorsPerThread(3)
        .checkObstructionFreedom(true)
        .check(Session.class);
  }

  @Test
  void underStressIsLinearizable() {
    new StressOptions()
        .iterations(10)
        .invocationsPerIteration(100)
        .threads(3)
        .actorsPerThread(3)
        .check(Session.class);
  }
}
