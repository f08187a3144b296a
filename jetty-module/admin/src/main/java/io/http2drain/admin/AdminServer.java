package io.http2drain.admin;

import java.net.URI;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The admin's listener: HTTP/1.1 on one port, and bounds for what a client may use of it.
 *
 * <p>Buffers are not pooled. Behind a request that it cannot parse Jetty may release a buffer twice
 * (jetty#12939); from a pool two connections then get one buffer, and a sound request is lost in
 * it.
 */
final class AdminServer extends Server {

  private static final int MAX_THREADS = 8;
  private static final long STOP_MILLIS = 1_000;

  private final ServerConnector connector;

  AdminServer(AdminPolicy policy, AdminLimits limits, Handler handler) {
    super(threads(), null, new ByteBufferPool.NonPooling());
    HttpConfiguration http = new HttpConfiguration();
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    ConnectionLifetime lifetime = new ConnectionLifetime(limits, getScheduler());
    http.addCustomizer(lifetime);
    connector =
        new ServerConnector(this, 1, 1, new HttpConnectionFactory(http)) {
          /** Unlike a connector of the server, also for who reads its log. */
          @Override
          public String toString() {
            return "drain-admin-connector";
          }
        };
    connector.setHost(policy.host().isEmpty() ? null : policy.host());
    connector.setPort(policy.port());
    connector.setIdleTimeout(limits.idle());
    connector.addBean(lifetime);
    addConnector(connector);
    NetworkConnectionLimit limit = new NetworkConnectionLimit(limits.connections(), connector);
    limit.setEndPointIdleTimeout(limits.idle() / 10);
    addBean(limit);
    setHandler(handler);
    setErrorHandler(new AdminErrors());
    setStopTimeout(0); // Nobody's requests are waited for here.
  }

  private static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
    threads.setName("drain-admin");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    threads.setStopTimeout(STOP_MILLIS);
    return threads;
  }

  /** The port that it listens on; below 0 while it does not. */
  int port() {
    return connector.getLocalPort();
  }

  int connectionCount() {
    return connector.getConnectedEndPoints().size();
  }

  /** For people. */
  URI uri() {
    String host = connector.getHost() == null ? "0.0.0.0" : connector.getHost();
    String literal = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create("http://" + literal + ":" + port() + "/");
  }

  @Override
  public String toString() {
    return "drain-admin";
  }
}
