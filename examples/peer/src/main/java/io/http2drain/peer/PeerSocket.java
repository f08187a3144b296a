package io.http2drain.peer;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.CompletableFuture;

/** What a peer does to its TCP connection, below the frames. For any thread; never blocks. */
@SuppressWarnings("FutureReturnValueIgnored") // The end of a connection is in its frames.
final class PeerSocket {
  private final SocketChannel channel;
  private final PeerHandler handler;

  PeerSocket(SocketChannel channel, PeerHandler handler) {
    this.channel = channel;
    this.handler = handler;
  }

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  int localPort() {
    return channel.localAddress().getPort();
  }

  /** Runs {@code writes}, then flushes; in the order of the calls. */
  void write(Runnable writes) {
    eventLoop()
        .execute(
            () -> {
              writes.run();
              channel.flush();
            });
  }

  void flush() {
    channel.flush();
  }

  CompletableFuture<Void> flushed() {
    CompletableFuture<Void> flushed = new CompletableFuture<>();
    eventLoop()
        .execute(
            () ->
                channel
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(
                        done -> {
                          if (done.isSuccess()) {
                            flushed.complete(null);
                          } else {
                            flushed.completeExceptionally(done.cause());
                          }
                        }));
    return flushed;
  }

  void reading(boolean on) {
    eventLoop().execute(() -> channel.config().setAutoRead(on));
  }

  void shutdownOutput() {
    eventLoop()
        .execute(
            () -> {
              handler.outputShut();
              SslHandler tls = channel.pipeline().get(SslHandler.class);
              ChannelFuture last =
                  tls == null ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
              last.addListener(done -> channel.shutdownOutput());
              if (handler.finSeen()) {
                channel.close();
              }
            });
  }

  void abort() {
    eventLoop()
        .execute(
            () -> {
              channel.config().setSoLinger(0);
              // Past the pipeline, where TLS would write close_notify and a delay would wait.
              channel.unsafe().close(channel.voidPromise());
            });
  }

  void close() {
    eventLoop().execute(channel::close);
  }
}
