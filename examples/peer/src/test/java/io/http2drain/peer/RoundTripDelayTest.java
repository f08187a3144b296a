package io.http2drain.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a clock moved by hand. */
@Timeout(10)
class RoundTripDelayTest {
  private final List<Object> arrived = new ArrayList<>();
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private EmbeddedChannel channel;

  @BeforeEach
  void open() {
    channel = new EmbeddedChannel();
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(new RoundTripDelay(channel.eventLoop(), Duration.ofNanos(101), now::get))
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                arrived.add(msg);
              }

              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                arrived.add(event);
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                arrived.add("inactive");
              }
            });
  }

  private void pass(long nanos) {
    now.addAndGet(nanos);
    channel.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void inbound_bytesThenFin_arriveHalfARoundTripLaterInOrder() {
    channel.writeInbound("a");
    pass(20);
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    pass(30);
    assertEquals(List.of(), arrived);
    pass(1);
    assertEquals(List.of("a"), arrived);
    pass(19);
    assertEquals(List.of("a"), arrived);
    pass(1);
    assertEquals(List.of("a", ChannelInputShutdownEvent.INSTANCE), arrived);
  }

  @Test
  void outbound_bytesThenClose_leaveHalfARoundTripLaterInOrder() {
    channel.writeOutbound("a");
    var closing = channel.pipeline().close();
    pass(49);
    assertEquals(0, channel.outboundMessages().size());
    assertEquals(false, closing.isDone());
    pass(1);
    assertEquals("a", channel.readOutbound());
    assertEquals(true, closing.isDone());
  }

  @Test
  void inbound_socketClosesMeanwhile_arrivesAheadOfTheClose() {
    channel.writeInbound("a");
    var unused = channel.pipeline().firstContext().close();
    channel.runPendingTasks();
    assertEquals(List.of("a", "inactive"), arrived);
  }
}
