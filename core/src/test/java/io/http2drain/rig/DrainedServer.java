package io.http2drain.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.http2drain.Drain;
import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.SelfSignedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * An embedded server with our drain, as a user would set it up: HTTP/1.1 and h2c on one connector,
 * h2 and HTTP/1.1 over TLS on the other. {@link #close} checks that every buffer went back to its
 * pool.
 */
public final class DrainedServer implements AutoCloseable {

  private static final SelfSignedStore STORE = store();

  public final ThreadPool threads;
  public final ArrayByteBufferPool.Tracking buffers = new ArrayByteBufferPool.Tracking();
  public final Server server;
  public final HoldingHandler handler = new HoldingHandler();
  public final ServerConnector clear;
  public final ServerConnector secure;
  public final HTTP2CServerConnectionFactory h2c;
  public final HTTP2ServerConnectionFactory h2;
  public final Drain drain;
  private @Nullable Thread stopping;

  public DrainedServer(DrainPolicy policy) {
    this(policy, new QueuedThreadPool());
  }

  public DrainedServer(DrainPolicy policy, ThreadPool threads) {
    this(policy, threads, new ScheduledExecutorScheduler());
  }

  public DrainedServer(DrainPolicy policy, Scheduler scheduler) {
    this(policy, new QueuedThreadPool(), scheduler);
  }

  private DrainedServer(DrainPolicy policy, ThreadPool threads, Scheduler scheduler) {
    this.threads = threads;
    server = new Server(threads, scheduler, buffers);
    server.setHandler(handler);

    HttpConfiguration clearConfiguration = new HttpConfiguration();
    h2c = new HTTP2CServerConnectionFactory(clearConfiguration);
    clear = new ServerConnector(server, 1, 1, new HttpConnectionFactory(clearConfiguration), h2c);
    clear.setHost("127.0.0.1");
    server.addConnector(clear);

    HttpConfiguration secureConfiguration = new HttpConfiguration();
    secureConfiguration.addCustomizer(new SecureRequestCustomizer(false));
    h2 = new HTTP2ServerConnectionFactory(secureConfiguration);
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol("http/1.1");
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStorePath(STORE.path().toString());
    tls.setKeyStorePassword(STORE.password());
    secure =
        new ServerConnector(
            server,
            1,
            1,
            new SslConnectionFactory(tls, "alpn"),
            alpn,
            h2,
            new HttpConnectionFactory(secureConfiguration));
    secure.setHost("127.0.0.1");
    server.addConnector(secure);

    drain = Drain.install(server, policy);
  }

  /** Started, with the default policy. */
  public static DrainedServer start() throws Exception {
    return start(DrainPolicy.DEFAULT);
  }

  public static DrainedServer start(DrainPolicy policy) throws Exception {
    DrainedServer started = new DrainedServer(policy);
    started.server.start();
    return started;
  }

  public void wrapHandler(Handler.Singleton wrapper) {
    server.insertHandler(wrapper);
  }

  /** Holds requests of a path before all handlers so far, until {@link #handler} releases it. */
  public void pauseBefore(String path) {
    wrapHandler(
        new Handler.Wrapper() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            if (Request.getPathInContext(request).equals(path)) {
              handler.pause(path);
            }
            return super.handle(request, response, callback);
          }
        });
  }

  public PeerOptions h2c() {
    return PeerOptions.h2c(clear.getLocalPort());
  }

  public PeerOptions h2() {
    return PeerOptions.h2(secure.getLocalPort());
  }

  /** Stops the server on a thread of its own. */
  public CompletableFuture<Void> stop() {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    stopping =
        new Thread(
            () -> {
              try {
                server.stop();
                stopped.complete(null);
              } catch (Throwable x) {
                stopped.completeExceptionally(x);
              }
            },
            "stop");
    stopping.setDaemon(true);
    stopping.start();
    return stopped;
  }

  /** Ends what a stop waits for: an interrupt brings the deadline forward to now. */
  public void hastenStop() throws InterruptedException {
    Thread thread = Objects.requireNonNull(stopping, "stop");
    thread.interrupt();
    thread.join(20_000);
    assertFalse(thread.isAlive());
  }

  /** The report of the last drain, once there is one. */
  public DrainReport report() throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<DrainReport> report = drain.report();
    if (report == null) {
      throw new IllegalStateException("nothing was drained");
    }
    return report.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    server.stop();
    assertEquals(0, drain.getSessionCount(), "sessions left in the registry");
    // A thread that nobody joins, of a scheduler or virtual, may be about to give one back.
    Eventually.await(buffers::dumpLeaks, () -> buffers.getLeaks().isEmpty());
  }

  private static SelfSignedStore store() {
    try {
      Path directory = Files.createTempDirectory("drained-server");
      SelfSignedStore store = SelfSignedStore.create(directory);
      store.path().toFile().deleteOnExit();
      directory.toFile().deleteOnExit();
      return store;
    } catch (IOException x) {
      throw new ExceptionInInitializerError(x);
    }
  }
}
