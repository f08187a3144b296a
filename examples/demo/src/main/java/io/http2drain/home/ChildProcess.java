package io.http2drain.home;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A process that this test started and that does not outlive it. */
public final class ChildProcess implements AutoCloseable {
  private final String name;
  private final Process process;
  private final OutputLog output = new OutputLog();
  private final CompletableFuture<Exit> exit;

  /**
   * How a process ended.
   *
   * @param nanos {@link System#nanoTime()} when the end was noticed
   */
  public record Exit(int status, long nanos) {}

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.exit = process.onExit().thenApply(ended -> new Exit(ended.exitValue(), System.nanoTime()));
  }

  /** Starts the command; what it writes to standard output and standard error is one log. */
  public static ChildProcess start(String name, Path directory, List<String> command)
      throws IOException {
    return start(name, directory, command, ProcessBuilder.Redirect.PIPE);
  }

  /** The same, with this process's own standard input. */
  public static ChildProcess startInheriting(String name, Path directory, List<String> command)
      throws IOException {
    return start(name, directory, command, ProcessBuilder.Redirect.INHERIT);
  }

  private static ChildProcess start(
      String name, Path directory, List<String> command, ProcessBuilder.Redirect input)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectInput(input);
    builder.directory(directory.toFile());
    builder.redirectErrorStream(true);
    ChildProcess child = new ChildProcess(name, builder.start());
    child.output.readFrom(name, child.process.getInputStream());
    return child;
  }

  /** Runs the command to its end; any exit status but 0 fails the test. */
  public static void run(String name, Path directory, Duration limit, List<String> command)
      throws IOException, InterruptedException {
    try (ChildProcess child = start(name, directory, command)) {
      Exit exit = child.awaitExit(limit);
      if (exit.status() != 0) {
        throw new AssertionError(name + ": exit status " + exit.status() + ":\n" + child.output);
      }
    }
  }

  /** Writes a line to the standard input of the process. */
  public void send(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  public OutputLog output() {
    return output;
  }

  public long pid() {
    return process.pid();
  }

  /** Sends SIGTERM. {@link Process#destroy()} would close this side of the output too. */
  public void signal() {
    if (!process.toHandle().destroy()) {
      throw new AssertionError(name + ": cannot be signalled; alive: " + process.isAlive());
    }
  }

  /** Waits for the end of the process and of its output. */
  public Exit awaitExit(Duration limit) throws InterruptedException {
    try {
      Exit ended = exit.get(limit.toNanos(), NANOSECONDS);
      // A grandchild that inherited the output may keep it open: its end is not this one's.
      output.awaitEnd(Duration.ofSeconds(2));
      return ended;
    } catch (TimeoutException e) {
      throw new AssertionError(name + ": still alive after " + limit + ":\n" + output, e);
    } catch (ExecutionException e) {
      throw new AssertionError(name + ": " + output, e);
    }
  }

  /** Kills what is still alive of the process and of the processes it started. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
