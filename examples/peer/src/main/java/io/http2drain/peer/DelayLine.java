package io.http2drain.peer;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Runs actions a fixed time later, in the order they came. Event loop only. */
final class DelayLine implements Runnable {
  private record Due(long nanoTime, Runnable action) {}

  private final EventExecutor loop;
  private final LongSupplier nanoClock;
  private final long delayNanos;
  private final Deque<Due> queue = new ArrayDeque<>();
  private boolean scheduled;
  private boolean open;

  DelayLine(EventExecutor loop, long delayNanos, LongSupplier nanoClock) {
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.delayNanos = delayNanos;
  }

  void add(Runnable action) {
    if (open) {
      action.run();
      return;
    }
    queue.add(new Due(nanoClock.getAsLong() + delayNanos, action));
    schedule(delayNanos);
  }

  /** Runs everything at once, and what is added later without delay. */
  void open() {
    open = true;
    for (Due due = queue.poll(); due != null; due = queue.poll()) {
      due.action().run();
    }
  }

  @Override
  public void run() {
    scheduled = false;
    long now = nanoClock.getAsLong();
    for (Due due = queue.peek(); due != null; due = queue.peek()) {
      if (due.nanoTime() - now > 0) {
        schedule(due.nanoTime() - now);
        return;
      }
      queue.remove();
      due.action().run();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Never cancelled: an empty line runs to no effect.
  private void schedule(long nanos) {
    if (!scheduled) {
      scheduled = true;
      loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    }
  }
}
