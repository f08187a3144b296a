package io.http2drain.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One caller over HTTP/1.1, and the connection it has at the moment. Event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // Connect and close are followed by their events.
final class Http1Connection {
  private static final int LARGEST_ANSWER = 1 << 20;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final LoadPlan plan;
  private final LoadTally tally;
  private final EventLoop loop;
  private final int index;
  private final String idPrefix;
  private @Nullable Channel channel;
  private boolean begun;
  private boolean busy;
  private boolean inFlight;
  private int requests;

  Http1Connection(LoadPlan plan, LoadTally tally, EventLoop loop, int index, String idPrefix) {
    this.plan = plan;
    this.tally = tally;
    this.loop = loop;
    this.index = index;
    this.idPrefix = idPrefix;
  }

  /** May be called by any thread. */
  void begin() {
    loop.execute(this::connect);
  }

  /** A request in flight gets its fate, and the connection is closed; waits for both. */
  void giveUp() {
    loop.submit(
            () -> {
              if (inFlight) {
                tally.gaveUp(1);
              }
              Channel open = channel;
              if (open != null) {
                open.close();
              }
              settle(Fate.LOST, 0, new ReceivedBody(0));
            })
        .awaitUninterruptibly(10, TimeUnit.SECONDS);
  }

  private void connect() {
    if (tally.stopped()) {
      begun();
      return;
    }
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel opened) {
                    opened
                        .pipeline()
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(LARGEST_ANSWER))
                        .addLast(new Answers());
                  }
                })
            .connect(plan.peer().host(), plan.peer().port());
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            channel = connecting.channel();
            send();
          } else {
            connectFailed(done.cause());
          }
        });
  }

  /** A caller that cannot connect is out of the game, and in the books. */
  private void connectFailed(Throwable cause) {
    if (begun) {
      tally.reconnectFailed(index, String.valueOf(cause));
    } else {
      begun = true;
      busy = true;
      tally.connectFailed(index, String.valueOf(cause));
    }
  }

  private void begun() {
    if (!begun) {
      begun = true;
      tally.begun();
      // Stopped before the first request.
      if (requests == 0) {
        busy();
      }
    }
  }

  private void busy() {
    if (!busy) {
      busy = true;
      tally.busy();
    }
  }

  private void send() {
    Channel open = channel;
    if (open == null) {
      connect();
    } else if (!tally.tryOpen()) {
      begun();
      open.close();
    } else {
      inFlight = true;
      requests++;
      begun();
      open.writeAndFlush(request());
    }
  }

  private DefaultFullHttpRequest request() {
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(plan.method()),
            plan.path(),
            Unpooled.wrappedBuffer(new byte[(int) plan.uploadBytes()]));
    Map<String, String> fields = plan.headers();
    fields.forEach(request.headers()::set);
    request.headers().set("host", plan.peer().host() + ":" + plan.peer().port());
    request.headers().set("x-request-id", idPrefix + requests);
    if (plan.method().equals("POST") || plan.uploadBytes() > 0) {
      HttpUtil.setContentLength(request, plan.uploadBytes());
    }
    return request;
  }

  private void settle(Fate fate, int status, ReceivedBody body) {
    if (inFlight) {
      inFlight = false;
      tally.settled(
          idPrefix + requests,
          new PeerResponse(requests, status, body, Map.of(), Map.of(), fate, 0, System.nanoTime()));
      busy();
      loop.schedule(this::send, plan.pause().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** What comes back; also the end of the connection, at any time. */
  private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse answer) {
      int status = answer.status().code();
      if (status < 200) {
        return; // RFC 9110 section 15.2: an interim answer; the final one follows.
      }
      if (!HttpUtil.isKeepAlive(answer) || !inFlight) {
        forget(context);
      }
      ReceivedBody body = new ReceivedBody(0);
      body.add(answer.content());
      boolean whole = answer.decoderResult().isSuccess();
      settle(whole ? Fate.ofStatus(status) : Fate.LOST, status, body);
    }

    /** The next request gets a connection of its own. */
    private void forget(ChannelHandlerContext context) {
      channel = null;
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == channel) {
        channel = null;
        settle(Fate.LOST, 0, new ReceivedBody(0));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // The request in flight is settled as lost when the channel ends.
      context.close();
    }
  }
}
