package io.http2drain.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures both sides in turn: A B, B A, A B … so that neither drift nor order favours one of them.
 *
 * @param <T> what one measurement yields
 */
final class Pairs<T> {

  /** One measurement. */
  interface Measurement<T> {
    T take(Variant variant) throws IOException, InterruptedException;
  }

  private final Variant against;
  private final List<T> baseline = new ArrayList<>();
  private final List<T> ours = new ArrayList<>();

  /**
   * @param against what ours is compared with
   */
  Pairs(Variant against) {
    this.against = against;
  }

  void take(int pairs, Measurement<T> measurement) throws IOException, InterruptedException {
    for (int i = 0; i < pairs; i++) {
      if (ours.size() % 2 == 0) {
        baseline.add(measurement.take(against));
        ours.add(measurement.take(Variant.OURS));
      } else {
        ours.add(measurement.take(Variant.OURS));
        baseline.add(measurement.take(against));
      }
    }
  }

  List<T> baseline() {
    return baseline;
  }

  List<T> ours() {
    return ours;
  }
}
