package io.http2drain.peer;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
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

/**
 * A stock Jetty on loopback with both kinds of HTTP/2.
 *
 * <p>{@code /hello}; {@code /digest} answers with length and CRC-32 of the content; {@code
 * /bytes/N}; {@code /status/N}; {@code /hold} answers after {@link #release}.
 */
final class StockServer implements AutoCloseable {
  private final Server server = new Server();
  private final ServerConnector clear;
  private final ServerConnector secure;
  private final Queue<String> journal = new ConcurrentLinkedQueue<>();
  private final CountDownLatch held = new CountDownLatch(1);

  StockServer(SelfSignedStore store) throws Exception {
    HttpConfiguration plain = new HttpConfiguration();
    clear =
        new ServerConnector(
            server, new HttpConnectionFactory(plain), new HTTP2CServerConnectionFactory(plain));
    HttpConfiguration https = new HttpConfiguration();
    https.addCustomizer(new SecureRequestCustomizer());
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStorePath(store.path().toString());
    tls.setKeyStorePassword(store.password());
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
    secure =
        new ServerConnector(
            server,
            new SslConnectionFactory(tls, "alpn"),
            alpn,
            new HTTP2ServerConnectionFactory(https),
            new HttpConnectionFactory(https));
    clear.setAcceptQueueSize(1024);
    secure.setAcceptQueueSize(1024);
    server.addConnector(clear);
    server.addConnector(secure);
    server.setStopTimeout(3000);
    server.setHandler(new Routes());
    server.start();
  }

  PeerOptions options(boolean tls) {
    return tls ? PeerOptions.h2(secure.getLocalPort()) : PeerOptions.h2c(clear.getLocalPort());
  }

  /** The x-request-id of every request that reached the handler. */
  Set<String> executed() {
    return new TreeSet<>(journal);
  }

  int executions() {
    return journal.size();
  }

  void release() {
    held.countDown();
  }

  @Override
  public void close() throws Exception {
    release();
    try {
      server.stop();
    } catch (TimeoutException e) {
      // Stock Jetty 12.1.12 now and then waits out its stopTimeout although every connection is
      // closed, when clients close with streams in flight. It is down, which is all we need.
      assertFalse(server.isRunning(), server::getState);
    }
  }

  private final class Routes extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String id = request.getHeaders().get("x-request-id");
      if (id != null) {
        journal.add(id);
      }
      Path path = Path.of(Request.getPathInContext(request));
      String last = path.getFileName().toString();
      switch (path.getName(0).toString()) {
        case "hello" -> Content.Sink.write(response, true, "hello", callback);
        case "status" -> {
          response.setStatus(Integer.parseInt(last));
          callback.succeeded();
        }
        case "bytes" -> {
          byte[] content = new byte[Integer.parseInt(last)];
          response.write(true, ByteBuffer.wrap(content), callback);
        }
        case "digest" -> {
          CRC32 crc = new CRC32();
          long length = 0;
          try (var in = Content.Source.asInputStream(request)) {
            byte[] chunk = new byte[1000];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
              crc.update(chunk, 0, n);
              length += n;
            }
          }
          byte[] text = (length + " " + crc.getValue()).getBytes(StandardCharsets.US_ASCII);
          response.write(true, ByteBuffer.wrap(text), callback);
        }
        case "hold" -> {
          held.await();
          Content.Sink.write(response, true, "held", callback);
        }
        default -> Response.writeError(request, response, callback, 404);
      }
      return true;
    }
  }
}
