package io.http2drain.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * Writes frames in whatever order it is told, and uploads as the windows allow. Event loop only;
 * nothing here flushes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write fails only when the connection has ended.
final class OutboundFrames {
  private final ChannelHandlerContext ctx;
  private final Http2FrameWriter writer = new DefaultHttp2FrameWriter();
  private final SendWindows windows = new SendWindows();
  private final Deque<Upload> uploads = new ArrayDeque<>();

  OutboundFrames(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  /** RFC 9113 section 3.4: the client's preface is a fixed text and SETTINGS. */
  ChannelFuture preface(Map<Integer, Long> parameters) {
    ctx.write(Http2CodecUtil.connectionPrefaceBuf());
    return writeSettings(parameters);
  }

  void settings(Map<Integer, Long> parameters) {
    writeSettings(parameters);
  }

  private ChannelFuture writeSettings(Map<Integer, Long> parameters) {
    Http2Settings settings = new Http2Settings();
    parameters.forEach((id, value) -> settings.put((char) id.intValue(), value));
    return writer.writeSettings(ctx, settings, ctx.newPromise());
  }

  void settingsAck() {
    writer.writeSettingsAck(ctx, ctx.newPromise());
  }

  void headers(int streamId, Http2Headers headers, boolean endStream) {
    if (!endStream) {
      windows.open(streamId);
    }
    writer.writeHeaders(ctx, streamId, headers, 0, endStream, ctx.newPromise());
  }

  void data(int streamId, ByteBuf bytes, boolean endStream) {
    windows.spend(streamId, bytes.readableBytes());
    writer.writeData(ctx, streamId, bytes, 0, endStream, ctx.newPromise());
  }

  void upload(Upload upload) {
    uploads.add(upload);
    pump();
  }

  void reset(int streamId, long errorCode) {
    stopUpload(streamId);
    writer.writeRstStream(ctx, streamId, errorCode, ctx.newPromise());
  }

  void ping(boolean ack, long payload) {
    writer.writePing(ctx, ack, payload, ctx.newPromise());
  }

  void goAway(int lastStreamId, long errorCode) {
    writer.writeGoAway(ctx, lastStreamId, errorCode, Unpooled.EMPTY_BUFFER, ctx.newPromise());
  }

  void windowUpdate(int streamId, int delta) {
    writer.writeWindowUpdate(ctx, streamId, delta, ctx.newPromise());
  }

  void raw(byte[] bytes) {
    ctx.write(Unpooled.wrappedBuffer(bytes));
  }

  /** Applies the server's SETTINGS to what we send from now on. */
  void apply(Http2Settings settings) throws Http2Exception {
    Long tableSize = settings.headerTableSize();
    if (tableSize != null) {
      writer.configuration().headersConfiguration().maxHeaderTableSize(tableSize);
    }
    Integer frameSize = settings.maxFrameSize();
    if (frameSize != null) {
      writer.configuration().frameSizePolicy().maxFrameSize(frameSize);
    }
    Integer window = settings.initialWindowSize();
    if (window != null) {
      windows.initial(window);
      pump();
    }
  }

  void credit(int streamId, int bytes) {
    windows.credit(streamId, bytes);
    pump();
  }

  /** The answer is complete; the request may not be. */
  void answered(int streamId) {
    if (uploads.stream().noneMatch(u -> u.streamId() == streamId)) {
      windows.forget(streamId);
    }
  }

  /** The stream was reset: its content goes nowhere. */
  void stopUpload(int streamId) {
    uploads.removeIf(u -> u.streamId() == streamId);
    windows.forget(streamId);
  }

  /** Sends one chunk of each upload in turn, until windows or the socket are full. */
  void pump() {
    int maxFrame = writer.configuration().frameSizePolicy().maxFrameSize();
    int blocked = 0;
    while (blocked < uploads.size() && ctx.channel().isWritable()) {
      Upload upload = uploads.remove();
      int bytes = upload.next(windows.available(upload.streamId()), maxFrame);
      if (bytes <= 0 && !upload.done()) {
        uploads.add(upload);
        blocked++;
        continue;
      }
      blocked = 0;
      ByteBuf content = upload.take(bytes);
      if (!upload.done()) {
        uploads.add(upload);
      }
      data(upload.streamId(), content, upload.done());
    }
  }
}
