package io.http2drain.soak;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.Fate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Many servers one after the other, each stopped under peers that chance has drawn, the good and
 * the bad; fails on the first stream that is lost or run twice.
 *
 * <p>The system properties {@code soak.seed} and {@code soak.cycles} say which and how many: cycle
 * n of seed s is cycle 0 of seed s + n, so that one that failed can be run alone.
 */
class SoakTest {

  @Test
  void cyclesOfStartLoadAndStop_loseNothingAndRunNothingTwice() throws Exception {
    long seed = Long.getLong("soak.seed", 1);
    int cycles = Integer.getInteger("soak.cycles", 10);
    assertTrue(cycles > 0, "soak.cycles");
    Map<Fate, Long> fates = new EnumMap<>(Fate.class);
    System.out.printf("soak: seed=%d cycles=%d%n", seed, cycles);
    for (int cycle = 0; cycle < cycles; cycle++) {
      assertTimeoutPreemptively(Duration.ofMinutes(2), new SoakCycle(seed + cycle)::run)
          .forEach((fate, count) -> fates.merge(fate, count, Long::sum));
    }
    System.out.printf("soak: seed=%d cycles=%d clean, streams %s%n", seed, cycles, fates);
    assertTrue(fates.getOrDefault(Fate.OK, 0L) > 0, "nothing was served");
  }
}
