package io.http2drain.bench;

import io.http2drain.home.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link BenchServer} or a {@link BareServer}, on the JDK and the class path of this process. */
final class ServerProcess implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final ChildProcess process;
  private final int port;
  private int orders;

  private ServerProcess(List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    process = ChildProcess.start(main.getSimpleName(), Path.of("").toAbsolutePath(), command);
    port = (int) told("port");
  }

  static ServerProcess start(Variant variant) throws IOException, InterruptedException {
    return start(variant, 200);
  }

  static ServerProcess start(Variant variant, int threads)
      throws IOException, InterruptedException {
    return new ServerProcess(
        List.of("-Xms1g", "-Xmx2g"), BenchServer.class, variant.name(), String.valueOf(threads));
  }

  static ServerProcess bare(int connections) throws IOException, InterruptedException {
    return new ServerProcess(List.of(), BareServer.class, String.valueOf(connections));
  }

  /** Serves some requests, as every server has before it is stopped: its code is compiled. */
  void warmUp(Scale scale) throws IOException, InterruptedException {
    int connections = Math.min(1_000, scale.warmUp() / 10);
    var unused =
        H2Load.run(port, "/", "-n", "" + scale.warmUp(), "-c", "" + connections, "-m", "10");
    awaitCompiled(scale);
  }

  /** Blocks until the JIT compiler has nothing to do, where that is of interest. */
  void awaitCompiled(Scale scale) throws IOException, InterruptedException {
    if (scale.isFull()) {
      var unused = ask("compiled");
    }
  }

  /** Blocks until the last connection is closed. */
  void awaitNoConnection() throws IOException, InterruptedException {
    var unused = ask("connections 0");
  }

  int port() {
    return port;
  }

  /** Sends an order, see {@link BenchServer}, and does not wait for the answer. */
  void order(String order) throws IOException {
    orders++;
    process.send("#" + orders + " " + order);
  }

  /** Sends an order, and returns its answer. */
  long ask(String order) throws IOException, InterruptedException {
    order(order);
    return told("#" + orders);
  }

  /** The number behind {@code what}, as soon as the process says it. */
  long told(String what) throws InterruptedException {
    Pattern line = Pattern.compile("^" + Pattern.quote(what) + " (-?\\d+)$");
    Matcher matcher = line.matcher(process.output().await(line, LIMIT).text());
    if (!matcher.find()) {
      throw new IllegalStateException("the line that was found is no longer one");
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Sends SIGTERM. */
  void signal() {
    process.signal();
  }

  /** {@link System#nanoTime()} when the process was seen to have ended. */
  long awaitExit() throws InterruptedException {
    return process.awaitExit(LIMIT).nanos();
  }

  @Override
  public void close() {
    process.close();
  }
}
