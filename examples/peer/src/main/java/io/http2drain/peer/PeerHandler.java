package io.http2drain.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The life of one connection: preface, frames, FIN, close. Event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // A close is seen by channelInactive.
final class PeerHandler extends ByteToMessageDecoder {
  private static final int MAX_HEADER_LIST = 1 << 16;

  private final PeerOptions options;
  private final FrameLog log;
  private final StreamLedger ledger;
  private final CompletableFuture<PeerHandler> ready = new CompletableFuture<>();
  private final DefaultHttp2FrameReader reader =
      new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(false, MAX_HEADER_LIST));
  private @Nullable OutboundFrames outbound;
  private @Nullable InboundFrames inbound;
  private String failure = "";
  private boolean outputShut;
  private boolean finSeen;

  PeerHandler(PeerOptions options) {
    this.options = options;
    this.log = new FrameLog(options.recordFrames());
    this.ledger = new StreamLedger(options.recordFrames());
  }

  /** Completes on the event loop when the preface is written. */
  CompletableFuture<PeerHandler> ready() {
    return ready;
  }

  FrameLog log() {
    return log;
  }

  StreamLedger ledger() {
    return ledger;
  }

  /** Not before {@link #ready()}. */
  OutboundFrames outbound() {
    return Objects.requireNonNull(outbound, "not connected");
  }

  /** We end our direction ourselves: it is no failure when it is over. */
  void outputShut() {
    outputShut = true;
  }

  /** The server has ended its direction. */
  boolean finSeen() {
    return finSeen;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
    Long frameSize = options.settings().get(0x5);
    if (frameSize != null) {
      reader.maxFrameSize(frameSize.intValue());
    }
    Long tableSize = options.settings().get(0x1);
    if (tableSize != null) {
      reader.headersConfiguration().maxHeaderTableSize(tableSize);
    }
    outbound = new OutboundFrames(ctx);
    inbound = new InboundFrames(options, log, ledger, outbound);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!options.tls()) {
      writePreface(ctx);
    }
    ctx.fireChannelActive();
  }

  private void writePreface(ChannelHandlerContext ctx) {
    outbound()
        .preface(options.prefaceSettings())
        .addListener(
            written -> {
              if (written.isSuccess()) {
                ready.complete(this);
              } else {
                ready.completeExceptionally(written.cause());
              }
            });
    ctx.flush();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws Http2Exception {
    reader.readFrame(ctx, in, Objects.requireNonNull(inbound, "not connected"));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    ctx.flush();
    super.channelReadComplete(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    outbound().pump();
    ctx.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    super.userEventTriggered(ctx, event);
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      handshakeCompleted(ctx, handshake);
    } else if (event == SslCloseCompletionEvent.SUCCESS) {
      fin(ctx, "close_notify");
    } else if (event == ChannelInputShutdownEvent.INSTANCE) {
      fin(ctx, "tcp");
    } else if (event == ChannelOutputShutdownEvent.INSTANCE && !outputShut) {
      // A write failed: the server has closed or aborted. Reading goes on until its end is read.
      fail("write failed");
    }
  }

  private void handshakeCompleted(ChannelHandlerContext ctx, SslHandshakeCompletionEvent event) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    String protocol = tls == null ? null : tls.applicationProtocol();
    if (!event.isSuccess()) {
      ready.completeExceptionally(event.cause());
    } else if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
      writePreface(ctx);
    } else {
      ready.completeExceptionally(
          new IOException("ALPN protocol: " + protocol + " (expected: h2)"));
      ctx.close();
    }
  }

  private void fin(ChannelHandlerContext ctx, String how) {
    if (finSeen) {
      return;
    }
    finSeen = true;
    if (!failure.isEmpty()) {
      // After a failed write the system reports the server's RST as an end of input.
      ctx.close();
      return;
    }
    log.add(ReceivedFrame.ending(FrameKind.FIN, how));
    ledger.end();
    if (options.closeOnFin() || outputShut) {
      ctx.close();
    } else {
      ctx.channel().config().setAutoClose(true);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    fail(root.toString());
    ready.completeExceptionally(root);
    ctx.close();
  }

  private void fail(String what) {
    if (failure.isEmpty()) {
      failure = what;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    log.add(ReceivedFrame.ending(FrameKind.CLOSED, failure));
    ledger.end();
    if (!ready.isDone()) {
      ready.completeExceptionally(new IOException("closed while connecting; " + failure));
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    reader.close();
  }
}
