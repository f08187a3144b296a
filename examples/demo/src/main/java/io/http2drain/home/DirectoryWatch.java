package io.http2drain.home;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;

/** Waits for what other processes write. */
public final class DirectoryWatch {

  private DirectoryWatch() {}

  /** What the files are to say. */
  public interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Waits until a condition holds; it is looked at once, and after each change in the directory.
   *
   * @return false when the limit passes first
   */
  public static boolean await(Path directory, Duration limit, Condition condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    try (WatchService watch = directory.getFileSystem().newWatchService()) {
      directory.register(watch, ENTRY_CREATE, ENTRY_MODIFY);
      while (!condition.holds()) {
        WatchKey key = watch.poll(deadline - System.nanoTime(), NANOSECONDS);
        if (key == null) {
          return false;
        }
        // The next look at the files sees more than the events say.
        List<?> unused = key.pollEvents();
        boolean valid = key.reset();
        if (!valid) {
          throw new IOException("cannot watch " + directory);
        }
      }
      return true;
    }
  }
}
