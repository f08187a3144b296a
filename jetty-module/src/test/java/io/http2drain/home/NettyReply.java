package io.http2drain.home;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Collects the answer of one stream; anything but a proper end fails it. */
class NettyReply extends ChannelInboundHandlerAdapter {
  private final CompletableFuture<Reply> future = new CompletableFuture<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int status;

  /** Completes on the event loop. */
  final CompletableFuture<Reply> future() {
    return future;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      if (frame instanceof Http2HeadersFrame headers) {
        // Trailers have no status.
        CharSequence said = headers.headers().status();
        status = said == null ? status : Integer.parseInt(said.toString());
        end(headers.isEndStream());
      } else if (frame instanceof Http2DataFrame data) {
        ByteBuf content = data.content();
        received(ByteBufUtil.getBytes(content));
        end(data.isEndStream());
      } else if (frame instanceof Http2ResetFrame reset) {
        fail("RST_STREAM with error code " + reset.errorCode());
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  /** A piece of the body. */
  void received(byte[] piece) {
    body.writeBytes(piece);
  }

  private void end(boolean endStream) {
    if (endStream) {
      future.complete(Reply.of(status, body.toByteArray()));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof Http2GoAwayFrame goAway) {
      fail("GOAWAY with last-stream-id " + goAway.lastStreamId() + " does not cover this stream");
    } else if (event instanceof Http2ResetFrame reset) {
      fail("RST_STREAM with error code " + reset.errorCode());
    }
    // Not passed on: the event is the last handler's here, and nobody counts it again.
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail("the stream is closed");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    future.completeExceptionally(cause);
  }

  private void fail(String reason) {
    if (!future.isDone()) {
      future.completeExceptionally(
          new IOException(reason + " (status " + status + ", " + body.size() + " bytes)"));
    }
  }
}
