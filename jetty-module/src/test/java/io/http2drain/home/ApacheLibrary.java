package io.http2drain.home;

import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleResponseConsumer;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/** Apache HttpClient 5, its multiplexing client; without TLS by prior knowledge. */
final class ApacheLibrary implements HttpLibrary {
  private final CloseableHttpAsyncClient client;
  private final Target target;

  ApacheLibrary(Target target) {
    this.target = target;
    this.client =
        HttpAsyncClients.customHttp2()
            .setTlsStrategy(
                ClientTlsStrategyBuilder.create()
                    .setSslContext(target.trust().sslContext())
                    .buildAsync())
            .build();
    client.start();
  }

  @Override
  public CompletableFuture<Reply> send(Exchange exchange) {
    BasicHttpRequest request = new BasicHttpRequest(exchange.method(), target.uri(exchange.path()));
    request.addHeader("x-request-id", exchange.id());
    PacedUpload upload = exchange.upload();
    AsyncRequestProducer producer =
        new BasicRequestProducer(request, upload == null ? null : new ApachePacedEntity(upload));
    CompletableFuture<Reply> future = new CompletableFuture<>();
    var unused = client.execute(producer, SimpleResponseConsumer.create(), new Completion(future));
    return future;
  }

  /**
   * Its pool gives requests to a connection that has received a GOAWAY; these it fails unsent, and
   * does not repeat.
   */
  @Override
  public boolean notConnected(Throwable failure) {
    return HttpLibrary.super.notConnected(failure)
        || (failure instanceof ConnectionClosedException
            && "Connection is closed".equals(failure.getMessage()));
  }

  private static final class Completion implements FutureCallback<SimpleHttpResponse> {
    private final CompletableFuture<Reply> future;

    Completion(CompletableFuture<Reply> future) {
      this.future = future;
    }

    @Override
    public void completed(SimpleHttpResponse response) {
      byte @Nullable [] body = response.getBodyBytes();
      future.complete(Reply.of(response.getCode(), body == null ? new byte[0] : body));
    }

    @Override
    public void failed(Exception e) {
      future.completeExceptionally(e);
    }

    @Override
    public void cancelled() {
      future.cancel(false);
    }
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }
}
