package io.http2drain.admin;

import io.http2drain.Drain;
import io.http2drain.DrainPolicy;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A server with a drain and its admin, all on ports that the system chooses. */
final class AdminRig implements AutoCloseable {

  static final String TOKEN = "correct-horse-battery-staple";
  static final String BEARER = "Authorization: Bearer " + TOKEN;
  static final AdminPolicy OPEN = AdminPolicy.DEFAULT.withPort(0);
  static final AdminPolicy GUARDED = OPEN.withToken(TOKEN);

  final QueuedThreadPool threads = new QueuedThreadPool(8);
  final Server server = new Server(threads);
  final HeldRequests application = new HeldRequests();
  final ServerConnector connector;
  final Drain drain;
  final DrainAdmin admin;

  AdminRig(AdminPolicy policy) {
    this(policy, AdminLimits.DEFAULT);
  }

  AdminRig(AdminPolicy policy, AdminLimits limits) {
    HttpConfiguration http = new HttpConfiguration();
    connector =
        new ServerConnector(
            server, 1, 1, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(application);
    drain = Drain.install(server, DrainPolicy.DEFAULT.withLinger(100));
    admin = DrainAdmin.install(server, policy, limits);
  }

  static AdminRig start(AdminPolicy policy) throws Exception {
    AdminRig rig = new AdminRig(policy);
    rig.server.start();
    return rig;
  }

  int port() {
    return admin.getPort();
  }

  Answer get(String target) throws IOException {
    return Client.get(port(), target);
  }

  Answer send(String method, String target, String headers, String content) throws IOException {
    return Client.send(port(), method, target, headers, content);
  }

  /** A session with a request that the application holds. */
  RawPeer holdRequest(String path) throws IOException {
    int before = application.count();
    RawPeer peer = RawPeer.connect(PeerOptions.h2c(connector.getLocalPort()));
    int unused = peer.request("GET", path, Map.of(), true);
    await("arrival of " + path, () -> application.count() > before);
    return peer;
  }

  /** Stops the server on a thread of its own. */
  CompletableFuture<Void> stop() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            server.stop();
          } catch (Exception x) {
            throw new IllegalStateException(x);
          }
        },
        task -> new Thread(task, "stop").start());
  }

  static void await(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(20)) {
        throw new IllegalStateException("not within 20 s: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  @Override
  public void close() throws Exception {
    application.release();
    server.stop();
  }
}
