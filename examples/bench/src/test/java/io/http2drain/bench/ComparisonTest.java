package io.http2drain.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static Comparison of(List<Double> baseline, List<Double> ours, Target target) {
    return new Comparison("part", "load", "figure", "ms", "stock", baseline, ours, target);
  }

  @Test
  void median_isOfTheComparedPairs() {
    // The ratio of the medians would be 1.
    Comparison odd = of(List.of(1.0, 2.0, 4.0), List.of(2.0, 1.0, 2.0), Target.none());
    assertEquals(List.of(2.0, 0.5, 0.5), odd.compared());
    assertEquals(0.5, odd.median());
    assertEquals(2.5, Comparison.median(List.of(4.0, 1.0, 2.0, 3.0)));
  }

  @Test
  void target_isReachedAtItsLimitAndNotBeyond() {
    List<Double> hundred = List.of(100.0);
    assertTrue(of(hundred, List.of(99.0), Target.ratioAtLeast(0.99)).isReached());
    assertFalse(of(hundred, List.of(98.9), Target.ratioAtLeast(0.99)).isReached());
    assertTrue(of(hundred, List.of(102.0), Target.ratioAtMost(1.02)).isReached());
    assertFalse(of(hundred, List.of(102.1), Target.ratioAtMost(1.02)).isReached());
    assertTrue(of(hundred, List.of(150.0), Target.differenceAtMost(50)).isReached());
    assertFalse(of(hundred, List.of(150.1), Target.differenceAtMost(50)).isReached());
    assertTrue(of(hundred, List.of(25.0), Target.valueAtMost(25)).isReached());
    assertFalse(of(hundred, List.of(25.1), Target.valueAtMost(25)).isReached());
  }

  @Test
  void cells_showMediansSpreadAndWhetherTheTargetIsReached() {
    Comparison missed =
        of(List.of(100.0, 100.0, 100.0), List.of(210.0, 190.0, 250.0), Target.ratioAtMost(2));
    assertEquals(
        List.of(
            "load",
            "figure",
            "stock 100 ms",
            "210 ms",
            "2.100 (1.900 to 2.500)",
            "ratio ≤ 2.0",
            "**no**"),
        missed.cells());
  }

  @Test
  void samplesWithoutTheirPair_areRefused() {
    List<Double> one = List.of(1.0);
    List<Double> none = List.of();
    assertThrows(IllegalArgumentException.class, () -> of(one, none, Target.none()));
    assertThrows(IllegalArgumentException.class, () -> of(none, none, Target.none()));
  }

  @Test
  void pairs_areTakenInTurn() throws Exception {
    List<Variant> order = new ArrayList<>();
    Pairs<Integer> pairs = new Pairs<>(Variant.STOCK);
    pairs.take(
        2,
        variant -> {
          order.add(variant);
          return order.size();
        });
    assertEquals(List.of(Variant.STOCK, Variant.OURS, Variant.OURS, Variant.STOCK), order);
    assertEquals(List.of(1, 4), pairs.baseline());
    assertEquals(List.of(2, 3), pairs.ours());
  }
}
