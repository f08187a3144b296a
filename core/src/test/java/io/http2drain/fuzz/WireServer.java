package io.http2drain.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.Drain;
import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;

/**
 * A server with our drain that runs on the caller's thread alone, so that the same bytes have the
 * same consequences every time.
 */
final class WireServer {

  /** Never over by itself, only when told. */
  private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

  private static final long PATIENCE_MILLIS = TimeUnit.HOURS.toMillis(1);

  private static final long SWEEP_MILLIS = 100;

  final ManualThreads threads = new ManualThreads();
  final ManualScheduler scheduler = new ManualScheduler();
  final ArrayByteBufferPool.Tracking buffers = new ArrayByteBufferPool.Tracking();
  final Server server = new Server(threads, scheduler, buffers);
  final FuzzedApplication application = new FuzzedApplication();
  final WireConnector connector;
  final Drain drain;
  private CompletableFuture<Void> drained = new CompletableFuture<>();

  /**
   * @param patient whether an answer to a PING is waited for until the deadline
   */
  WireServer(boolean patient) throws Exception {
    connector =
        new WireConnector(
            server, threads, new HTTP2CServerConnectionFactory(new HttpConfiguration()));
    server.addConnector(connector);
    server.setHandler(application);
    drain = Drain.install(server, new DrainPolicy(DAY_MILLIS, patient ? PATIENCE_MILLIS : 1, 1));
    server.start();
  }

  void drain() {
    drained = drain.shutdown();
  }

  boolean isDrained() {
    return drained.isDone();
  }

  /** Time for the linger, and for the PINGs of an impatient drain, to be over. */
  void passTime() {
    scheduler.pass(3, TimeUnit.MILLISECONDS);
  }

  /** Connections that are idle, or in their preface, may be closed now. */
  void sweep() {
    scheduler.hurry(SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  void deadline() {
    scheduler.hurry(DAY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Time for the last words to be over. */
  void passLastWords() {
    scheduler.pass(205, TimeUnit.MILLISECONDS);
  }

  DrainReport report() {
    return drain.report().join();
  }

  /** Stops; nothing must be left. */
  void stop() throws Exception {
    threads.runAll();
    server.stop();
    assertTrue(server.isStopped());
    threads.runAll();
    assertEquals(0, drain.getSessionCount(), "sessions left in the registry");
    assertEquals(0, connector.getConnectedEndPoints().size(), "connections left");
    // Jetty's parser keeps the beginning of a header block whose rest never comes.
    List<String> leaks =
        buffers.getLeaks().stream()
            .map(ArrayByteBufferPool.Tracking.TrackedBuffer::dump)
            .filter(leak -> !leak.contains("HeaderBlockFragments.storeFragment"))
            .toList();
    assertEquals(List.of(), leaks);
  }
}
