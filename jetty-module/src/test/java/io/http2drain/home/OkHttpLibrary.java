package io.http2drain.home;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** OkHttp; without TLS by prior knowledge. */
final class OkHttpLibrary implements HttpLibrary {
  private final OkHttpClient client;
  private final Target target;

  OkHttpLibrary(Target target) {
    this.target = target;
    Dispatcher dispatcher = new Dispatcher();
    // The default of 5 a host would keep the others from being sent.
    dispatcher.setMaxRequestsPerHost(64);
    OkHttpClient.Builder builder = new OkHttpClient.Builder().dispatcher(dispatcher);
    if (target.tls()) {
      builder.sslSocketFactory(
          target.trust().sslContext().getSocketFactory(), target.trust().trustManager());
    } else {
      builder.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    }
    this.client = builder.build();
  }

  @Override
  public CompletableFuture<Reply> send(Exchange exchange) {
    PacedUpload upload = exchange.upload();
    Request request =
        new Request.Builder()
            .url(target.uri(exchange.path()).toString())
            .header("x-request-id", exchange.id())
            .method(exchange.method(), upload == null ? null : new PacedBody(upload))
            .build();
    CompletableFuture<Reply> future = new CompletableFuture<>();
    client.newCall(request).enqueue(new Completion(future));
    return future;
  }

  private static final class Completion implements Callback {
    private final CompletableFuture<Reply> future;

    Completion(CompletableFuture<Reply> future) {
      this.future = future;
    }

    @Override
    public void onResponse(Call call, Response response) {
      try (response) {
        if (response.protocol() == Protocol.HTTP_1_1) {
          throw new IOException("answered by " + response.protocol());
        }
        future.complete(Reply.of(response.code(), response.body().bytes()));
      } catch (IOException e) {
        future.completeExceptionally(e);
      }
    }

    @Override
    public void onFailure(Call call, IOException e) {
      future.completeExceptionally(e);
    }
  }

  private static final class PacedBody extends RequestBody {
    private final PacedUpload upload;

    PacedBody(PacedUpload upload) {
      this.upload = upload;
    }

    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      byte[] piece = new byte[upload.pieceBytes()];
      try (InputStream in = upload.stream()) {
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
          sink.write(piece, 0, n);
          sink.flush();
        }
      }
    }
  }

  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.dispatcher().executorService().shutdownNow();
    client.connectionPool().evictAll();
  }
}
