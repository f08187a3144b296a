package io.http2drain.peer;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A network with a round trip: bytes, FIN and errors are delayed in both directions by half of it,
 * in order. First in the pipeline, so TLS is delayed, too.
 *
 * <p>When the socket is closed, what is still under way inward is delivered at once: Netty takes
 * the pipeline down right after {@code channelInactive}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // The caller holds the promise.
final class RoundTripDelay extends ChannelDuplexHandler {
  private final DelayLine inbound;
  private final DelayLine outbound;

  RoundTripDelay(EventLoop loop, Duration roundTrip, LongSupplier nanoClock) {
    long half = roundTrip.toNanos() / 2;
    inbound = new DelayLine(loop, roundTrip.toNanos() - half, nanoClock);
    outbound = new DelayLine(loop, half, nanoClock);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    inbound.add(() -> ctx.fireChannelRead(msg));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    inbound.add(ctx::fireChannelReadComplete);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    inbound.add(() -> ctx.fireUserEventTriggered(event));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    inbound.add(() -> ctx.fireExceptionCaught(cause));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inbound.open();
    outbound.open();
    ctx.fireChannelInactive();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    outbound.add(() -> ctx.write(msg, promise));
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    outbound.add(ctx::flush);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    outbound.add(() -> ctx.close(promise));
  }
}
