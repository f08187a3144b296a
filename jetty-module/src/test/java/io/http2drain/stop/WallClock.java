package io.http2drain.stop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.ExternalProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The wall clock of one process, which can be set while that runs; its monotonic clock stays. */
final class WallClock {

  private static final ExternalProgram FAKETIME =
      new ExternalProgram("faketime", "the package faketime");

  private final Path offset;
  private final Path library;

  /**
   * @param directory for the files that the process reads
   */
  WallClock(Path directory) throws IOException, InterruptedException {
    offset = directory.resolve("clock.offset");
    library = library(directory);
    set("+0d");
  }

  /** From now on the process sees the real time and this, such as {@code -1h}. */
  void set(String value) throws IOException {
    // At once, as the process reads it whenever it looks at the clock.
    Path next = Files.writeString(offset.resolveSibling("clock.next"), value);
    assertEquals(offset, Files.move(next, offset, ATOMIC_MOVE));
  }

  /** What stands in front of the command of the process. */
  List<String> command() {
    return List.of(
        "env",
        "LD_PRELOAD=" + library,
        "FAKETIME_TIMESTAMP_FILE=" + offset,
        "FAKETIME_NO_CACHE=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "NO_FAKE_STAT=1");
  }

  /**
   * A copy of libfaketime that leaves {@code pthread_cond_timedwait} alone. The function of version
   * 0.9.10 is wrong about waits by a monotonic clock that is not faked: every timed wait of a JVM
   * ends at once, and its threads spin.
   */
  private static Path library(Path directory) throws IOException, InterruptedException {
    List<String> maps = List.of(FAKETIME.require(), "-m", "-f", "+0d", "cat", "/proc/self/maps");
    try (ChildProcess child = ChildProcess.start("faketime", directory, maps)) {
      int status = child.awaitExit(Duration.ofSeconds(30)).status();
      assertEquals(0, status, child.output()::toString);
      Path original =
          child.output().lines().stream()
              .map(line -> line.text().substring(line.text().lastIndexOf(' ') + 1))
              .filter(path -> path.contains("libfaketime"))
              .map(Path::of)
              .findFirst()
              .orElseThrow(() -> new AssertionError(child.output().toString()));
      String code = Files.readString(original, ISO_8859_1);
      String name = "pthread_cond_timedwait\0";
      String hidden = code.replace(name, name.replace("timedwait", "timedWait"));
      return Files.writeString(directory.resolve("libfaketime.so"), hidden, ISO_8859_1);
    }
  }
}
