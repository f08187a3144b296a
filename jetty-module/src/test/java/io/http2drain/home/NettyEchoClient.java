package io.http2drain.home;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Netty's part in the echo scenario. What happens on the wire happens on its one event loop. */
final class NettyEchoClient implements EchoClient {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Target target;

  private final CompletableFuture<Long> begun = new CompletableFuture<>();
  private final CompletableFuture<Long> firstEcho = new CompletableFuture<>();
  private final CompletableFuture<Ended> post = new CompletableFuture<>();
  private final CompletableFuture<Long> secondBegan = new CompletableFuture<>();
  private final CompletableFuture<Ended> second = new CompletableFuture<>();
  private final CompletableFuture<Long> closed = new CompletableFuture<>();

  /** The end of a request: an answer, or the reason why there is none. */
  private record Ended(long nanos, CompletableFuture<Reply> answer) {}

  NettyEchoClient(Target target) {
    this.target = target;
  }

  @Override
  public long begin() throws InterruptedException {
    var unused =
        NettyConnection.connect(loop, target)
            .thenAccept(this::connected)
            .whenComplete((nothing, failure) -> failAll(failure));
    return get(begun, Duration.ofSeconds(20));
  }

  private void failAll(@Nullable Throwable failure) {
    if (failure != null) {
      begun.completeExceptionally(failure);
    }
  }

  private void connected(NettyConnection connection) {
    connection.closed().addListener(done -> closed.complete(System.nanoTime()));
    var unused =
        send(connection, new EchoReply(firstEcho), post, "POST", "/echo", EchoScenario.POST_ID)
            .thenAccept(
                stream -> {
                  begun.complete(System.nanoTime());
                  for (int i = 0; i < EchoScenario.CHUNKS; i++) {
                    int index = i;
                    after(EchoScenario.CHUNK_GAP.multipliedBy(i + 1L), () -> write(stream, index));
                  }
                  after(EchoScenario.SECOND_REQUEST_AFTER, () -> trySecond(connection));
                });
  }

  private void trySecond(NettyConnection connection) {
    secondBegan.complete(System.nanoTime());
    var unused =
        send(connection, new NettyReply(), second, "GET", "/think?ms=0", EchoScenario.SECOND_ID);
  }

  /**
   * Opens a stream and sends its header section; the future has the stream once that is written.
   */
  private CompletableFuture<Http2StreamChannel> send(
      NettyConnection connection,
      NettyReply reply,
      CompletableFuture<Ended> end,
      String method,
      String path,
      String id) {
    CompletableFuture<Reply> answer = reply.future();
    var unused = answer.whenComplete((a, b) -> end.complete(new Ended(System.nanoTime(), answer)));
    DefaultHttp2HeadersFrame headers =
        new DefaultHttp2HeadersFrame(
            NettyLibrary.headers(target, method, path, id), method.equals("GET"));
    CompletableFuture<Http2StreamChannel> sent = new CompletableFuture<>();
    connection
        .openStream(reply)
        .addListener(
            opened -> {
              if (!opened.isSuccess()) {
                answer.completeExceptionally(opened.cause());
                return;
              }
              Http2StreamChannel stream = (Http2StreamChannel) opened.getNow();
              stream
                  .writeAndFlush(headers)
                  .addListener(
                      written -> {
                        if (written.isSuccess()) {
                          sent.complete(stream);
                        } else {
                          answer.completeExceptionally(written.cause());
                        }
                      });
            });
    return sent;
  }

  private void after(Duration time, Runnable task) {
    var unused = loop.schedule(task, time.toNanos(), NANOSECONDS);
  }

  private static void write(Http2StreamChannel stream, int index) {
    boolean last = index == EchoScenario.CHUNKS - 1;
    // A failed write ends the stream, and its end is what is looked at.
    var unused =
        stream.writeAndFlush(
            new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(EchoScenario.chunk(index)), last));
  }

  @Override
  public EchoOutcome finish(Duration limit) throws InterruptedException {
    long closedAt = get(closed, limit);
    Ended postEnd = get(post, limit);
    Ended secondEnd = get(second, limit);
    boolean failed = secondEnd.answer().isCompletedExceptionally();
    return new EchoOutcome(
        get(postEnd.answer(), limit),
        get(firstEcho, limit),
        postEnd.nanos(),
        secondEnd.answer().handle((reply, e) -> failed ? e.toString() : reply.toString()).join(),
        failed,
        get(secondBegan, limit),
        secondEnd.nanos(),
        closedAt);
  }

  private static <T> T get(CompletableFuture<T> future, Duration limit)
      throws InterruptedException {
    try {
      return future.get(limit.toNanos(), NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("within " + limit + ": " + e, e);
    }
  }

  /** Notes when the first piece of the echo comes. */
  private static final class EchoReply extends NettyReply {
    private final CompletableFuture<Long> first;

    EchoReply(CompletableFuture<Long> first) {
      this.first = first;
    }

    @Override
    void received(byte[] piece) {
      first.complete(System.nanoTime());
      super.received(piece);
    }
  }

  @Override
  public void close() {
    var unused = group.shutdownGracefully(0, 2, SECONDS);
  }
}
