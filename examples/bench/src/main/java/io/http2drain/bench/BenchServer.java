package io.http2drain.bench;

import com.sun.management.OperatingSystemMXBean;
import io.http2drain.Drain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jdk.jfr.Recording;
import one.profiler.AsyncProfiler;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * The server under test, in a process of its own: HTTP/2 in clear text on a port of the system's
 * choice.
 *
 * <p>It obeys the lines of its standard input: an id, an order and perhaps a number or a name. To
 * each it answers with the id and a number. The orders:
 *
 * <ul>
 *   <li>{@code cpu}: the processor time so far, in nanoseconds
 *   <li>{@code heap}: the bytes in use
 *   <li>{@code sessions}: how many sessions the drain knows of
 *   <li>{@code compiled}, {@code connections N}, {@code held N}, {@code saturated}: waits until the
 *       JIT compiler is idle, until there are so many connections, until so many requests are held,
 *       until no thread is idle and tasks wait for one
 *   <li>{@code release}: answers the requests that are held
 *   <li>{@code record}, {@code dump FILE}: begins and ends a recording of allocations
 *   <li>{@code profile}: the stop that follows is to be profiled; {@code stacks FILE} and {@code
 *       flames FILE} write what was found
 *   <li>{@code stop}: stops the server; it says when the stop is called, and when it returns
 * </ul>
 */
public final class BenchServer {

  /** How often a profile takes a sample of each thread that runs. */
  static final int PROFILE_MILLIS = 4; // The kernel's timers are no finer.

  private static final long STOP_TIMEOUT_MILLIS = 30_000;

  private static final long QUIET_MILLIS = 500;
  private static final long LOOK_NANOS = 1_000_000;

  private final QueuedThreadPool threads;
  private final Server server;
  private final ServerConnector connector;
  private final BenchHandler handler = new BenchHandler();
  private volatile @Nullable AsyncProfiler profiler;
  private @Nullable Recording recording; // Flight Recorder itself changes what its events cost.

  private BenchServer(Variant variant, int maxThreads) {
    threads = new QueuedThreadPool(maxThreads);
    server = new Server(threads);
    HttpConfiguration configuration = new HttpConfiguration();
    connector =
        new ServerConnector(
            server,
            new HttpConnectionFactory(configuration),
            new HTTP2CServerConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(4096);
    connector.setIdleTimeout(Duration.ofMinutes(10).toMillis());
    server.addConnector(connector);
    server.setHandler(handler);
    server.setStopTimeout(STOP_TIMEOUT_MILLIS);
    server.setStopAtShutdown(true);
    variant.fit(server);
  }

  /** Takes the name of a {@link Variant} and the size of the thread pool. */
  public static void main(String[] arguments) throws Exception {
    BenchServer bench =
        new BenchServer(Variant.valueOf(arguments[0]), Integer.parseInt(arguments[1]));
    bench.server.start();
    say("port", bench.connector.getLocalPort());
    bench.obeyAll();
    Runtime.getRuntime().halt(0); // Who gave the orders is gone.
  }

  private void obeyAll() throws Exception {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      obey(order);
    }
  }

  private void obey(String line) throws Exception {
    String[] words = line.split(" ", 3);
    String argument = words.length < 3 ? "0" : words[2];
    switch (words[1]) {
      case "cpu" -> say(words[0], cpuNanos());
      case "heap" -> say(words[0], liveBytes());
      case "sessions" -> say(words[0], sessions());
      case "compiled" -> {
        awaitCompiled();
        say(words[0], 0);
      }
      case "connections" -> {
        int count = Integer.parseInt(argument);
        await(() -> connector.getConnectedEndPoints().size() == count);
        say(words[0], count);
      }
      case "held" -> {
        handler.awaitHeld(Integer.parseInt(argument));
        say(words[0], 0);
      }
      case "saturated" -> {
        await(() -> threads.getIdleThreads() == 0 && threads.getQueueSize() > 0);
        say(words[0], 0);
      }
      case "release" -> say(words[0], handler.release());
      case "record" -> {
        Recording begun = new Recording();
        recording = begun;
        begun.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s").withStackTrace();
        begun.start();
        say(words[0], 0);
      }
      case "dump" -> {
        Recording begun = Objects.requireNonNull(recording, "record");
        begun.stop();
        begun.dump(Path.of(argument));
        say(words[0], 0);
      }
      case "profile" -> {
        profiler = AsyncProfiler.getInstance();
        say(words[0], 0);
      }
      case "stacks", "flames" -> {
        String format = words[1].equals("stacks") ? "collapsed" : "flamegraph";
        profile("dump,threads,%s,file=%s".formatted(format, argument));
        say(words[0], 0);
      }
      case "stop" -> new Thread(this::stop, "stop").start(); // More orders may follow.
      default -> throw new IOException("order: " + line + " (expected: one that is known)");
    }
  }

  private int sessions() {
    Drain drain = server.getBean(Drain.class);
    return drain == null ? connector.getConnectedEndPoints().size() : drain.getSessionCount();
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Says when the stop is called, and when it returns. */
  private void stop() {
    boolean profiled = profiler != null;
    try {
      if (profiled) {
        profile("start,threads,event=ctimer,interval=" + PROFILE_MILLIS + "ms");
      }
      say("stopping", System.nanoTime());
      LifeCycle.stop(server);
      long stopped = System.nanoTime();
      if (profiled) {
        profile("stop");
      }
      say("stopped", stopped);
    } catch (IOException x) {
      throw new UncheckedIOException(x);
    }
  }

  private void profile(String command) throws IOException {
    var unused = Objects.requireNonNull(profiler, "profile").execute(command);
  }

  /** Blocks until the JIT compiler has had nothing to do for a while. */
  private static void awaitCompiled() throws InterruptedException {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    long before = -1;
    for (long spent = 0; spent != before; spent = compiler.getTotalCompilationTime()) {
      before = spent;
      Thread.sleep(QUIET_MILLIS);
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** What is in use behind collections that find nothing more. */
  private static long liveBytes() {
    long least = Long.MAX_VALUE;
    long used = used();
    while (used < least) {
      least = used;
      used = used();
    }
    return least;
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void say(String what, long value) {
    System.out.println(what + " " + value);
  }
}
