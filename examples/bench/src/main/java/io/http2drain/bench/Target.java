package io.http2drain.bench;

import java.util.Locale;

/**
 * What a comparison is to reach.
 *
 * @param kind what is compared, and how
 * @param limit the limit
 */
record Target(Kind kind, double limit) {

  enum Kind {
    RATIO_AT_LEAST,
    RATIO_AT_MOST,
    DIFFERENCE_AT_MOST,
    /** Ours alone; the other side is there to be looked at. */
    VALUE_AT_MOST,
    /** No target; the ratio is there to be looked at. */
    RATIO
  }

  static Target ratioAtLeast(double limit) {
    return new Target(Kind.RATIO_AT_LEAST, limit);
  }

  static Target ratioAtMost(double limit) {
    return new Target(Kind.RATIO_AT_MOST, limit);
  }

  static Target differenceAtMost(double limit) {
    return new Target(Kind.DIFFERENCE_AT_MOST, limit);
  }

  static Target valueAtMost(double limit) {
    return new Target(Kind.VALUE_AT_MOST, limit);
  }

  static Target none() {
    return new Target(Kind.RATIO, Double.NaN);
  }

  boolean isOpen() {
    return kind == Kind.RATIO;
  }

  double compare(double baseline, double ours) {
    return switch (kind) {
      case RATIO_AT_LEAST, RATIO_AT_MOST, RATIO -> ours / baseline;
      case DIFFERENCE_AT_MOST -> ours - baseline;
      case VALUE_AT_MOST -> ours;
    };
  }

  boolean isReached(double value) {
    return switch (kind) {
      case RATIO_AT_LEAST -> value >= limit;
      case RATIO_AT_MOST, DIFFERENCE_AT_MOST, VALUE_AT_MOST -> value <= limit;
      case RATIO -> true;
    };
  }

  /** A value of what is compared. */
  String show(double value) {
    return switch (kind) {
      case RATIO_AT_LEAST, RATIO_AT_MOST, RATIO -> String.format(Locale.ROOT, "%.3f", value);
      case DIFFERENCE_AT_MOST -> String.format(Locale.ROOT, "%+.1f", value);
      case VALUE_AT_MOST -> String.format(Locale.ROOT, "%.1f", value);
    };
  }

  @Override
  public String toString() {
    return switch (kind) {
      case RATIO_AT_LEAST -> "ratio ≥ " + limit;
      case RATIO_AT_MOST -> "ratio ≤ " + limit;
      case DIFFERENCE_AT_MOST -> "difference ≤ " + limit;
      case VALUE_AT_MOST -> "≤ " + limit;
      case RATIO -> "";
    };
  }
}
