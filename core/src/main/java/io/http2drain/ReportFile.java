package io.http2drain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The file in which each drain leaves its report. It is written aside and moved into place, so that
 * a reader sees the whole of one report or of another.
 */
final class ReportFile {

  /** How long a stop waits for a slow disk. */
  private static final long WAIT_MILLIS = 5000;

  private final Path file;
  private volatile CompletableFuture<Void> written = CompletableFuture.completedFuture(null);

  /**
   * @throws IllegalArgumentException when nothing can be written there
   */
  ReportFile(Path file) {
    this.file = file.toAbsolutePath();
    try {
      if (Files.isDirectory(file)) {
        throw new IOException("a directory");
      }
      Files.delete(createTemporary());
    } catch (IOException x) {
      throw new IllegalArgumentException(
          DrainModule.REPORT + ": " + file + " (expected: a file that can be written: " + x + ")",
          x);
    }
  }

  /** Writes the report of a run when it is over, on a thread of its own. */
  void expect(DrainRun run) {
    written =
        run.done()
            .thenAcceptAsync(
                report -> write(DrainJson.of(report, run.journal().timeline(List.of()))),
                task -> new Thread(task, "drain-report").start());
  }

  /** Blocks until the report is written; for a bounded time. */
  void await() {
    if (!ServerStop.await(written, WAIT_MILLIS)) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(String json) {
    try {
      Path temporary = createTemporary();
      try {
        Files.writeString(temporary, json + System.lineSeparator(), StandardCharsets.UTF_8);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException | RuntimeException x) {
      DrainLog.failed("write", file, x);
    }
  }

  private Path createTemporary() throws IOException {
    Path directory = file.getParent();
    return Files.createTempFile(directory == null ? file : directory, ".drain-report", ".json");
  }
}
