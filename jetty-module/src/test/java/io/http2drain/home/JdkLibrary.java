package io.http2drain.home;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The client of the JDK. Without TLS it asks for HTTP/2 by Upgrade on its first request. */
final class JdkLibrary implements HttpLibrary {
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final HttpClient client;
  private final Target target;

  JdkLibrary(Target target) {
    this.target = target;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .executor(executor)
            .sslContext(target.trust().sslContext())
            .build();
  }

  /**
   * Skips the test on a JDK whose client fails every request in flight when a GOAWAY arrives,
   * however the server goes on (JDK-8335181, repaired in JDK 24): no server can keep its requests.
   */
  static void requireGoAwaySupport() {
    boolean supported;
    try {
      Class<?> connection = Class.forName("jdk.internal.net.http.Http2Connection");
      supported =
          Arrays.stream(connection.getDeclaredFields())
              .anyMatch(field -> field.getName().equals("lastProcessedStreamInGoAway"));
    } catch (ClassNotFoundException e) {
      supported = Runtime.version().feature() >= 24;
    }
    assumeTrue(
        supported,
        () ->
            "the HttpClient of JDK "
                + Runtime.version()
                + " fails its requests at any GOAWAY (JDK-8335181); run with -Djvm=<java of JDK 24"
                + " or later>");
  }

  @Override
  public CompletableFuture<Reply> send(Exchange exchange) {
    HttpRequest.Builder request = HttpRequest.newBuilder(target.uri(exchange.path()));
    request.header("x-request-id", exchange.id());
    PacedUpload upload = exchange.upload();
    if (upload != null) {
      request.POST(BodyPublishers.ofInputStream(upload::stream));
    }
    return client
        .sendAsync(request.build(), BodyHandlers.ofByteArray())
        .thenApply(
            response -> {
              if (response.version() != HttpClient.Version.HTTP_2) {
                throw new IllegalStateException("answered by " + response.version());
              }
              return Reply.of(response.statusCode(), response.body());
            });
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
