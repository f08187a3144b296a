package io.http2drain.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The books of one load. Whether a stream may be opened is decided under the same lock that closes
 * the books, so none is opened behind them.
 */
final class LoadTally {
  private static final int SAMPLES = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Fate, Long> counts = new EnumMap<>(Fate.class);
  private final Set<String> retryIds = new HashSet<>();
  private final List<String> samples = new ArrayList<>();
  private long lastOkNanos;
  private int connectFailures;
  private int unanswered;
  private int connecting;
  private int idle;
  private long open;
  private boolean stopped;

  LoadTally(int connections) {
    connecting = connections;
    idle = connections;
    for (Fate fate : Fate.values()) {
      counts.put(fate, 0L);
    }
  }

  /** Books a new stream, unless the load is stopped. */
  boolean tryOpen() {
    lock.lock();
    try {
      if (!stopped) {
        open++;
      }
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  void settled(String requestId, PeerResponse response) {
    change(
        () -> {
          open--;
          Fate fate = response.fate();
          counts.merge(fate, 1L, Long::sum);
          if (fate == Fate.OK) {
            lastOk(response.endNanos());
          } else if (fate == Fate.REFUSED) {
            retryIds.add(requestId);
          } else {
            sample(requestId + ": " + response);
          }
        });
  }

  /** A connection has opened its first streams. */
  void begun() {
    change(() -> connecting--);
  }

  /** A connection is as busy as it gets, or has ended. */
  void busy() {
    change(() -> idle--);
  }

  void connectFailed(int connection, String cause) {
    change(
        () -> {
          connecting--;
          idle--;
          connectFailures++;
          sample("connection " + connection + ": " + cause);
        });
  }

  /** A connection that was busy before has ended, and no other could be opened. */
  void reconnectFailed(int connection, String cause) {
    change(
        () -> {
          connectFailures++;
          sample("connection " + connection + ": " + cause);
        });
  }

  void gaveUp(int streams) {
    change(() -> unanswered += streams);
  }

  void stop() {
    change(() -> stopped = true);
  }

  boolean stopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether all connections were busy in time. */
  boolean awaitBusy(Duration limit) {
    return await(() -> idle == 0, limit);
  }

  /** Returns whether all streams had their fate in time. */
  boolean awaitSettled(Duration limit) {
    return await(() -> connecting == 0 && open == 0, limit);
  }

  LoadResult result() {
    lock.lock();
    try {
      return new LoadResult(
          Collections.unmodifiableMap(new EnumMap<>(counts)),
          Set.copyOf(retryIds),
          lastOkNanos,
          connectFailures + connecting,
          unanswered,
          List.copyOf(samples));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    lock.lock();
    try {
      return connecting
          + " connecting, "
          + idle
          + " not busy, "
          + open
          + " streams open, "
          + counts;
    } finally {
      lock.unlock();
    }
  }

  /** Two event loops may book out of order. */
  private void lastOk(long nanoTime) {
    if (lastOkNanos == 0 || nanoTime - lastOkNanos > 0) {
      lastOkNanos = nanoTime;
    }
  }

  private void sample(String text) {
    if (samples.size() < SAMPLES) {
      samples.add(text);
    }
  }

  private void change(Runnable entry) {
    lock.lock();
    try {
      entry.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean await(BooleanSupplier condition, Duration limit) {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (!condition.getAsBoolean() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return condition.getAsBoolean();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; " + this, e);
    } finally {
      lock.unlock();
    }
  }
}
