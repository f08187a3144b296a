package io.http2drain.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Books every frame that arrives, and answers those that the options say to answer. */
final class InboundFrames implements Http2FrameListener {
  private final PeerOptions options;
  private final FrameLog log;
  private final StreamLedger ledger;
  private final OutboundFrames outbound;

  InboundFrames(PeerOptions options, FrameLog log, StreamLedger ledger, OutboundFrames outbound) {
    this.options = options;
    this.log = log;
    this.ledger = ledger;
    this.outbound = outbound;
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
    int length = data.readableBytes();
    log.add(ReceivedFrame.data(streamId, length, endOfStream));
    int flowControlled = length + padding;
    if (options.creditData() && flowControlled > 0) {
      outbound.windowUpdate(0, flowControlled);
      if (options.creditStreams() && !endOfStream) {
        outbound.windowUpdate(streamId, flowControlled);
      }
    }
    StreamAccount account = ledger.booked(streamId);
    account.data(data, endOfStream);
    booked(ctx, streamId, account);
    return flowControlled;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endOfStream) {
    Map<String, String> fields = FieldMap.of(headers);
    log.add(ReceivedFrame.headers(streamId, fields, endOfStream));
    StreamAccount account = ledger.booked(streamId);
    account.headers(fields, endOfStream);
    booked(ctx, streamId, account);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream) {
    onHeadersRead(ctx, streamId, headers, padding, endOfStream);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    log.add(ReceivedFrame.reset(streamId, errorCode));
    outbound.stopUpload(streamId);
    StreamAccount account = ledger.booked(streamId);
    account.reset(errorCode);
    booked(ctx, streamId, account);
  }

  private void booked(ChannelHandlerContext ctx, int streamId, StreamAccount account) {
    if (account.settled()) {
      outbound.answered(streamId);
    }
    ledger.forgetIfSettled(streamId, account);
    closeIfTold(ctx);
  }

  private void closeIfTold(ChannelHandlerContext ctx) {
    if (options.closeOnGoAway() && ledger.lastGoAway() >= 0 && !ledger.hasOpen()) {
      var unused = ctx.close();
    }
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    log.add(ReceivedFrame.settings(FieldMap.of(settings)));
    outbound.apply(settings);
    if (options.ackSettings()) {
      outbound.settingsAck();
    }
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) {
    log.add(ReceivedFrame.plain(FrameKind.SETTINGS_ACK, 0));
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) {
    log.add(ReceivedFrame.number(FrameKind.PING, 0, data));
    if (options.ackPing()) {
      outbound.ping(true, data);
    }
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    log.add(ReceivedFrame.number(FrameKind.PING_ACK, 0, data));
  }

  @Override
  public void onGoAwayRead(
      ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
    String debug = debugData.toString(StandardCharsets.UTF_8);
    log.add(ReceivedFrame.goAway(lastStreamId, errorCode, debug));
    ledger.goAway(lastStreamId);
    closeIfTold(ctx);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int windowSizeIncrement) {
    log.add(ReceivedFrame.number(FrameKind.WINDOW_UPDATE, streamId, windowSizeIncrement));
    outbound.credit(streamId, windowSizeIncrement);
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx,
      int streamId,
      int streamDependency,
      short weight,
      boolean exclusive) {
    log.add(ReceivedFrame.plain(FrameKind.PRIORITY, streamId));
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx,
      int streamId,
      int promisedStreamId,
      Http2Headers headers,
      int padding) {
    log.add(ReceivedFrame.pushPromise(promisedStreamId, FieldMap.of(headers)));
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload) {
    log.add(ReceivedFrame.number(FrameKind.UNKNOWN, streamId, frameType & 0xff));
  }
}
