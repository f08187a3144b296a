package io.http2drain.protocol;

/** A clock that moves by hand. It starts near the overflow of nanoTime, where mistakes show. */
final class FakeClock {

  private long now = Long.MAX_VALUE - 1_500_000_000L;

  long now() {
    return now;
  }

  void advanceMillis(long millis) {
    now += millis * 1_000_000L;
  }

  void advanceNanos(long nanos) {
    now += nanos;
  }
}
