package io.http2drain.home;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client that obeys GOAWAY to the letter and never tries again: it opens no stream on a
 * connection that has received one, and every stream it opened counts. Its state belongs to its one
 * event loop.
 */
final class NettyLibrary implements HttpLibrary {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Target target;
  private @Nullable CompletableFuture<NettyConnection> current;

  NettyLibrary(Target target) {
    this.target = target;
  }

  @Override
  public CompletableFuture<Reply> send(Exchange exchange) {
    CompletableFuture<Reply> future = new CompletableFuture<>();
    loop.execute(() -> sendNow(exchange, future));
    return future;
  }

  private void sendNow(Exchange exchange, CompletableFuture<Reply> future) {
    CompletableFuture<NettyConnection> connecting = current;
    if (connecting == null || isUseless(connecting)) {
      connecting = NettyConnection.connect(loop, target);
      current = connecting;
    }
    var unused =
        connecting.whenComplete(
            (connection, failure) -> {
              if (failure != null) {
                future.completeExceptionally(failure);
              } else if (connection.leaving()) {
                sendNow(exchange, future);
              } else {
                send(connection, exchange, future);
              }
            });
  }

  private static boolean isUseless(CompletableFuture<NettyConnection> connecting) {
    return connecting.isCompletedExceptionally()
        || (connecting.isDone() && connecting.join().leaving());
  }

  private void send(
      NettyConnection connection, Exchange exchange, CompletableFuture<Reply> future) {
    NettyReply reply = new NettyReply();
    var unused =
        reply
            .future()
            .whenComplete(
                (answer, failure) -> {
                  if (failure == null) {
                    future.complete(answer);
                  } else {
                    future.completeExceptionally(failure);
                  }
                });
    connection
        .openStream(reply)
        .addListener(
            opened -> {
              if (opened.isSuccess()) {
                write((Http2StreamChannel) opened.getNow(), exchange, future);
              } else {
                future.completeExceptionally(opened.cause());
              }
            });
  }

  private void write(
      Http2StreamChannel stream, Exchange exchange, CompletableFuture<Reply> future) {
    PacedUpload upload = exchange.upload();
    stream
        .writeAndFlush(
            new DefaultHttp2HeadersFrame(
                headers(target, exchange.method(), exchange.path(), exchange.id()), upload == null))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                future.completeExceptionally(written.cause());
              }
            });
    if (upload != null) {
      for (int i = 0; i < upload.pieces(); i++) {
        int index = i;
        var unused =
            loop.schedule(
                () -> writePiece(stream, upload, index), i * upload.gap().toNanos(), NANOSECONDS);
      }
    }
  }

  private static void writePiece(Http2StreamChannel stream, PacedUpload upload, int index) {
    boolean last = index == upload.pieces() - 1;
    // A failed write ends the stream, and its end is what is counted.
    var unused =
        stream.writeAndFlush(
            new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(upload.piece(index)), last));
  }

  static Http2Headers headers(Target target, String method, String path, String id) {
    return new DefaultHttp2Headers()
        .method(method)
        .scheme(target.scheme())
        .authority(target.authority())
        .path(path)
        .add("x-request-id", id);
  }

  @Override
  public void close() {
    var unused = group.shutdownGracefully(0, 2, java.util.concurrent.TimeUnit.SECONDS);
  }
}
