package io.http2drain.fuzz;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** Runs what is due when it is told to, on the thread that tells it. */
final class ManualScheduler extends AbstractLifeCycle implements Scheduler {

  private final PriorityQueue<Timed> tasks =
      new PriorityQueue<>(Comparator.comparingLong(task -> task.at));

  private final class Timed implements Task {

    private final Runnable runnable;
    private final long delay;
    private final long at;

    private Timed(Runnable runnable, long delay) {
      this.runnable = runnable;
      this.delay = delay;
      this.at = System.nanoTime() + delay;
    }

    @Override
    public boolean cancel() {
      return tasks.remove(this);
    }
  }

  @Override
  public Task schedule(Runnable task, long delay, TimeUnit unit) {
    Timed timed = new Timed(task, unit.toNanos(delay));
    tasks.add(timed);
    return timed;
  }

  /** Waits for, and runs, everything that is due within the time, but for what was put off more. */
  void pass(long time, TimeUnit unit) {
    long end = System.nanoTime() + unit.toNanos(time);
    while (!tasks.isEmpty() && tasks.peek().at - end <= 0) {
      Timed next = tasks.remove();
      while (System.nanoTime() - next.at < 0) {
        LockSupport.parkNanos(next.at - System.nanoTime());
      }
      next.runnable.run();
    }
  }

  /** Runs what was put off for exactly this time, now. */
  void hurry(long delay, TimeUnit unit) {
    long nanos = unit.toNanos(delay);
    for (Timed task : tasks.stream().filter(timed -> timed.delay == nanos).toList()) {
      if (tasks.remove(task)) {
        task.runnable.run();
      }
    }
  }
}
