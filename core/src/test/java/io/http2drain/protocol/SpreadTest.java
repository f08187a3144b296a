package io.http2drain.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When it is whose turn to be told. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SpreadTest {

  @Test
  void fourOver1000Ms_areDueEach250Ms() {
    Spread spread = new Spread(4, 1000);
    int[] at = {0, 249, 250, 499, 500, 749, 750, 999, 1000, 5000};
    int[] due = {1, 1, 2, 2, 3, 3, 4, 4, 4, 4};
    assertEquals(
        IntStream.of(due).boxed().toList(), IntStream.of(at).map(spread::due).boxed().toList());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1000", "7, 10", "10, 7", "1000, 86400000", "2000000, 86400000"})
  void next_isTheFirstMillisecondAtWhichOneMoreIsDue(int sessions, long millis) {
    Spread spread = new Spread(sessions, millis);
    for (int told = 1; told < sessions; told += Math.max(1, sessions / 1000)) {
      long next = spread.next(told);
      assertEquals(true, spread.due(next) > told, "at " + next);
      if (next > 0) {
        assertEquals(false, spread.due(next - 1) > told, "before " + next);
      }
    }
  }

  @Test
  void noSpread_allAreDueAtOnce() {
    assertEquals(5, new Spread(5, 0).due(0));
  }

  @Test
  void noSession_noneIsDue() {
    assertEquals(0, new Spread(0, 1000).due(0));
    assertEquals(0, new Spread(0, 1000).due(2000));
  }
}
