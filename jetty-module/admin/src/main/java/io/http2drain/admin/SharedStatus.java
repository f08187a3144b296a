package io.http2drain.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.http2drain.DrainStatus;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.AutoLock;
import org.jspecify.annotations.Nullable;

/**
 * The status of the server, taken at most every {@value #SHARED_MILLIS} ms: any number of clients
 * that poll cost what one does.
 *
 * <p>Lock rule: the status is taken under the lock, so that only one thread does; it blocks on
 * nothing.
 */
final class SharedStatus {

  private static final long SHARED_MILLIS = 250;

  private final Supplier<DrainStatus> source;
  private final LongSupplier clock;
  private final AutoLock lock = new AutoLock();
  private @Nullable Taken latest;

  SharedStatus(Supplier<DrainStatus> source) {
    this(source, NanoTime::now);
  }

  /** With a clock of nanoseconds. */
  SharedStatus(Supplier<DrainStatus> source, LongSupplier clock) {
    this.source = source;
    this.clock = clock;
  }

  /**
   * A status.
   *
   * @param json UTF-8; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
  record Taken(DrainStatus status, byte[] json, long nanos) {}

  /** A status that is not older than {@value #SHARED_MILLIS} ms. */
  Taken get() {
    try (AutoLock ignored = lock.lock()) {
      Taken taken = latest;
      long now = clock.getAsLong();
      if (taken == null || now - taken.nanos() > TimeUnit.MILLISECONDS.toNanos(SHARED_MILLIS)) {
        DrainStatus status = source.get();
        taken = new Taken(status, status.toJson().getBytes(UTF_8), now);
        latest = taken;
      }
      return taken;
    }
  }

  /** Something was changed: the next one sees it. */
  void expire() {
    try (AutoLock ignored = lock.lock()) {
      latest = null;
    }
  }
}
