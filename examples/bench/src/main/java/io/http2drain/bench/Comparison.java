package io.http2drain.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One figure of one scenario, ours beside what it is measured against: two samples in each pair.
 *
 * @param part the part of the benchmark
 * @param scenario the load
 * @param figure what was measured
 * @param unit of the samples
 * @param against the name of the other side
 * @param baseline its samples, one for each pair
 * @param ours our samples, one for each pair
 * @param target what is to be reached
 */
record Comparison(
    String part,
    String scenario,
    String figure,
    String unit,
    String against,
    List<Double> baseline,
    List<Double> ours,
    Target target) {

  Comparison {
    if (baseline.isEmpty() || baseline.size() != ours.size()) {
      throw new IllegalArgumentException(
          "samples: " + baseline.size() + " and " + ours.size() + " (expected: pairs)");
    }
    baseline = List.copyOf(baseline);
    ours = List.copyOf(ours);
  }

  /** What is compared in each pair. */
  List<Double> compared() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      values.add(target.compare(baseline.get(i), ours.get(i)));
    }
    return values;
  }

  /** The median over the pairs. */
  double median() {
    return median(compared());
  }

  /** Judged by the median; where nothing but a highest value is asked for, by the worst. */
  boolean isReached() {
    return target.isReached(
        target.kind() == Target.Kind.VALUE_AT_MOST ? Collections.max(compared()) : median());
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** For a table: scenario, figure, both medians, what is compared with its spread, target. */
  List<String> cells() {
    List<Double> compared = compared();
    String spread =
        "%s (%s to %s)"
            .formatted(
                target.show(median(compared)),
                target.show(Collections.min(compared)),
                target.show(Collections.max(compared)));
    return List.of(
        scenario,
        figure,
        against + " " + show(median(baseline)),
        show(median(ours)),
        compared.size() == 1 ? target.show(compared.get(0)) : spread,
        target.toString(),
        target.isOpen() ? "" : isReached() ? "yes" : "**no**");
  }

  private String show(double value) {
    double size = Math.abs(value);
    int digits = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%,." + digits + "f %s", value, unit);
  }

  Map<String, Object> asMap() {
    Map<String, Object> map = new TreeMap<>();
    map.put("part", part);
    map.put("scenario", scenario);
    map.put("figure", figure);
    map.put("unit", unit);
    map.put("against", against);
    map.put("baseline", baseline);
    map.put("ours", ours);
    map.put("compared", compared());
    map.put("median", median());
    map.put("target", target.toString());
    map.put("reached", isReached());
    return map;
  }
}
