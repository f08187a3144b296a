package io.http2drain.example;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The application as its web.xml declares it, in a Jetty of this JVM that speaks HTTP/1.1 and h2c
 * on a loopback port, for the tests of one class or inside try-with-resources.
 */
final class RunningWebapp implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  /** Few, so that an application that wastes threads is found out. */
  static final int THREADS = 8;

  private final Server server;
  private final ServerConnector connector;

  RunningWebapp() {
    server = new Server(new QueuedThreadPool(THREADS));
    HttpConfiguration configuration = new HttpConfiguration();
    connector =
        new ServerConnector(
            server,
            1,
            1,
            new HttpConnectionFactory(configuration),
            new HTTP2CServerConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    WebAppContext context = new WebAppContext();
    context.setContextPath("/example");
    context.setBaseResourceAsPath(Path.of("src/main/webapp").toAbsolutePath());
    context.setParentLoaderPriority(true);
    context.setThrowUnavailableOnStartupException(true);
    server.setHandler(context);
  }

  RunningWebapp start() throws Exception {
    server.start();
    return this;
  }

  /**
   * A client that speaks the given version only: for HTTP/2 it has upgraded a connection already.
   */
  HttpClient client(Version version) throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder().version(version).connectTimeout(Duration.ofSeconds(5)).build();
    if (version == Version.HTTP_2) {
      // The upgrade from HTTP/1.1 takes a request without a body; those that follow reuse the
      // connection.
      client.send(request("/think?ms=0").build(), BodyHandlers.discarding());
    }
    return client;
  }

  URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/example" + pathAndQuery);
  }

  HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(uri(pathAndQuery)).timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> get(Version version, String pathAndQuery)
      throws IOException, InterruptedException {
    return client(version).send(request(pathAndQuery).build(), BodyHandlers.ofString());
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    LifeCycle.stop(server);
  }
}
