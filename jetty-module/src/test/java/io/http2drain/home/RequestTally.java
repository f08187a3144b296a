package io.http2drain.home;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests of one client and waits for the end of the last. Safe for use from any
 * thread; the lock guards all fields.
 */
final class RequestTally {
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final String client;
  private final List<String> errors = new ArrayList<>();
  private int started;
  private int completed;
  private int notConnected;

  RequestTally(String client) {
    this.client = client;
  }

  void started() {
    count(() -> started++);
  }

  void completed() {
    count(() -> completed++);
  }

  /** What became of one request. */
  enum Outcome {
    COMPLETED,
    NOT_CONNECTED,
    ERROR
  }

  /**
   * Counts a request's end, as the library told it: an answer, or else a failure.
   *
   * @param excused failures that say that the request could not be sent
   */
  Outcome ended(
      Exchange exchange,
      @Nullable Reply reply,
      @Nullable Throwable failure,
      Predicate<Throwable> excused) {
    if (reply != null) {
      String fault = exchange.fault(reply);
      if (fault != null) {
        failed(fault);
        return Outcome.ERROR;
      }
      completed();
      return Outcome.COMPLETED;
    }
    if (failure != null && excused.test(failure)) {
      count(() -> notConnected++);
      return Outcome.NOT_CONNECTED;
    }
    failed(exchange.id() + ": " + chain(failure));
    return Outcome.ERROR;
  }

  private static String chain(@Nullable Throwable failure) {
    StringBuilder text = new StringBuilder().append(failure);
    for (Throwable at = failure; at != null && at.getCause() != null; at = at.getCause()) {
      text.append(", caused by ").append(at.getCause());
    }
    return text.toString();
  }

  void failed(String error) {
    count(() -> errors.add(error));
  }

  private void count(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every started request has ended; what has not by the limit is an error. */
  ClientReport awaitAll(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (open() > 0 && System.nanoTime() < deadline) {
        boolean unused = changed.await(deadline - System.nanoTime(), NANOSECONDS);
      }
      List<String> all = new ArrayList<>(errors);
      if (open() > 0) {
        all.add(open() + " requests had neither an answer nor an error after " + limit);
      }
      return new ClientReport(client, started, completed, notConnected, all);
    } finally {
      lock.unlock();
    }
  }

  private int open() {
    return started - completed - notConnected - errors.size();
  }
}
