package io.http2drain.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The frames of one connection in order of arrival.
 *
 * <p>The lock guards the list only: predicates run outside it.
 */
final class FrameLog {
  private final boolean recording;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final List<ReceivedFrame> frames = new ArrayList<>(0);

  FrameLog(boolean recording) {
    this.recording = recording;
  }

  void add(ReceivedFrame frame) {
    if (!recording) {
      return;
    }
    lock.lock();
    try {
      frames.add(frame);
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<ReceivedFrame> snapshot() {
    return since(0, 0);
  }

  /** Returns the first match of the past or the future; fails at once when none can come. */
  ReceivedFrame await(Predicate<ReceivedFrame> wanted, Duration limit) {
    if (!recording) {
      throw new IllegalStateException("recordFrames: false (expected: true, to await a frame)");
    }
    long deadline = System.nanoTime() + limit.toNanos();
    int seen = 0;
    while (true) {
      List<ReceivedFrame> news = since(seen, deadline - System.nanoTime());
      for (ReceivedFrame frame : news) {
        if (wanted.test(frame)) {
          return frame;
        }
        if (frame.kind() == FrameKind.CLOSED) {
          throw new IllegalStateException("connection closed without it; received " + snapshot());
        }
      }
      if (news.isEmpty()) {
        throw new IllegalStateException("not within " + limit + "; received " + snapshot());
      }
      seen += news.size();
    }
  }

  /** The frames from {@code index} on, waiting for one; empty when none came in time. */
  private List<ReceivedFrame> since(int index, long waitNanos) {
    lock.lock();
    try {
      long left = waitNanos;
      while (frames.size() <= index && left > 0) {
        left = grown.awaitNanos(left);
      }
      return List.copyOf(frames.subList(index, frames.size()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; received " + frames, e);
    } finally {
      lock.unlock();
    }
  }
}
