package io.http2drain.fuzz;

import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.ExecutionStrategy;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.TryExecutor;

/** A thread pool without threads: its tasks wait until somebody runs them. */
final class ManualThreads extends AbstractLifeCycle implements ThreadPool, TryExecutor {

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Deque<Runnable> urgent = new ArrayDeque<>();
  private boolean blocked;

  @Override
  public void execute(Runnable task) {
    tasks.addLast(task);
  }

  /** For what has a thread even when the pool has none: that of the selector, or a new one. */
  void executeUrgent(Runnable task) {
    urgent.addLast(task);
  }

  /** Jetty makes a thread for what gets none here; but for those that read, which then wait. */
  @Override
  public boolean tryExecute(Runnable task) {
    if (task instanceof ExecutionStrategy) {
      return false;
    }
    executeUrgent(task);
    return true;
  }

  /** As if an application had blocked, or released, all threads of the pool. */
  void block(boolean block) {
    blocked = block;
  }

  boolean isBlocked() {
    return blocked;
  }

  void runAll() {
    while (true) {
      if (!urgent.isEmpty()) {
        urgent.removeFirst().run();
      } else if (!tasks.isEmpty() && !blocked) {
        tasks.removeFirst().run();
      } else {
        return;
      }
    }
  }

  @Override
  public void join() {}

  @Override
  public int getThreads() {
    return 0;
  }

  @Override
  public int getIdleThreads() {
    return 0;
  }

  @Override
  public boolean isLowOnThreads() {
    return false;
  }
}
