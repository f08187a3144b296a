package io.http2drain.home;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lines a process writes, each with the time at which it was read.
 *
 * <p>One thread of its own reads; any thread may look or wait. The lock guards both fields and
 * nothing foreign is called under it.
 */
public final class OutputLog {
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Line> lines = new ArrayList<>();
  private boolean ended;

  /**
   * A line.
   *
   * @param nanos {@link System#nanoTime()} when it was read
   */
  public record Line(long nanos, String text) {}

  /** Reads to the end of the stream, in a new daemon thread. */
  public void readFrom(String name, InputStream stream) {
    Thread reader = new Thread(() -> copy(stream), name + "-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void copy(InputStream stream) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        add(new Line(System.nanoTime(), text));
      }
    } catch (IOException e) {
      add(new Line(System.nanoTime(), "(reading the output failed: " + e + ")"));
    } finally {
      end();
    }
  }

  private void add(Line line) {
    lock.lock();
    try {
      lines.add(line);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The lines so far. */
  public List<Line> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** The first line so far in which the pattern is found. */
  public Optional<Line> find(Pattern pattern) {
    return lines().stream().filter(line -> pattern.matcher(line.text()).find()).findFirst();
  }

  /**
   * Waits for a line in which the pattern is found.
   *
   * @throws AssertionError when the output ends or the limit passes first; it quotes the output
   */
  public Line await(Pattern pattern, Duration limit) throws InterruptedException {
    Predicate<String> found = pattern.asPredicate();
    Line line = awaitOrEnd(found, limit);
    if (line == null) {
      throw new AssertionError(
          "no line with \"" + pattern + "\" within " + limit + " in:\n" + this);
    }
    return line;
  }

  /** Waits until the process has closed its output. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    awaitOrEnd(line -> false, limit);
  }

  private @Nullable Line awaitOrEnd(Predicate<String> wanted, Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    int seen = 0;
    lock.lockInterruptibly();
    try {
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (wanted.test(lines.get(seen).text())) {
            return lines.get(seen);
          }
        }
        long left = deadline - System.nanoTime();
        if (ended || left <= 0) {
          return null;
        }
        // A wake-up for nothing is met by the loop.
        long unused = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    List<Line> all = lines();
    if (all.isEmpty()) {
      return "(no output)";
    }
    long first = all.get(0).nanos();
    StringBuilder text = new StringBuilder();
    for (Line line : all) {
      text.append(NANOSECONDS.toMillis(line.nanos() - first));
      text.append(" ms: ").append(line.text()).append('\n');
    }
    return text.toString();
  }
}
