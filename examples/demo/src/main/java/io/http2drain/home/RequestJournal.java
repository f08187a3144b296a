package io.http2drain.home;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The file in which the web application writes down each request before it runs it: the server's
 * own word on what it has seen.
 */
public record RequestJournal(Path file) {
  private static final String PROPERTY = "io.http2drain.example.journal";

  /** The JVM argument that makes the web application keep it. */
  public String jvmArgument() {
    return "-D" + PROPERTY + "=" + file;
  }

  /** The ids that begin with the prefix, in the order of their requests. */
  public List<String> entries(String prefix) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    // What stands behind the last line feed is a line that is being written.
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(id -> id.startsWith(prefix))
        .toList();
  }

  /**
   * Waits until the journal has that many entries with the prefix.
   *
   * @throws AssertionError when the limit passes first
   */
  public void awaitEntries(String prefix, int count, Duration limit)
      throws IOException, InterruptedException {
    Path directory = requireNonNull(file.toAbsolutePath().getParent());
    if (!DirectoryWatch.await(directory, limit, () -> entries(prefix).size() >= count)) {
      List<String> seen = entries(prefix);
      throw new AssertionError(
          "%d of %d requests %s* reached the server within %s: %s"
              .formatted(seen.size(), count, prefix, limit, seen));
    }
  }
}
