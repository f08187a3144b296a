package io.http2drain.rig;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what nobody announces: a condition with a time-out. */
public final class Eventually {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Eventually() {}

  public static void await(String what, BooleanSupplier condition) {
    await(() -> what, condition);
  }

  /**
   * Waits for a condition.
   *
   * @param what asked when the time is over
   */
  public static void await(Supplier<String> what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > LIMIT_NANOS) {
        throw new IllegalStateException("not within 20 s: " + what.get());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
