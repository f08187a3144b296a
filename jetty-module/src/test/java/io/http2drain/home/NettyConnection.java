package io.http2drain.home;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;

/**
 * An HTTP/2 connection through Netty's stream channels; without TLS by prior knowledge.
 *
 * <p>All methods but {@link #connect} are called on the connection's event loop.
 */
final class NettyConnection {
  private final Channel channel;
  private boolean leaving;

  private NettyConnection(Channel channel) {
    this.channel = channel;
  }

  /** Connects; with TLS it offers HTTP/2 and HTTP/1.1, as browsers do, and insists on HTTP/2. */
  static CompletableFuture<NettyConnection> connect(EventLoop loop, Target target) {
    CompletableFuture<NettyConnection> future = new CompletableFuture<>();
    Bootstrap bootstrap =
        new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(new Setup(target));
    ChannelFuture connected = bootstrap.connect(Target.HOST, target.port());
    connected.addListener(
        result -> {
          if (!result.isSuccess()) {
            future.completeExceptionally(result.cause());
            return;
          }
          NettyConnection connection = connected.channel().pipeline().get(Setup.class).connection();
          SslHandler tls = connected.channel().pipeline().get(SslHandler.class);
          if (tls == null) {
            // Behind channelActive, in which the codec writes the preface.
            loop.execute(() -> future.complete(connection));
          } else {
            tls.handshakeFuture().addListener(done -> secured(done, tls, connection, future));
          }
        });
    return future;
  }

  private static void secured(
      Future<?> handshake,
      SslHandler tls,
      NettyConnection connection,
      CompletableFuture<NettyConnection> future) {
    if (!handshake.isSuccess()) {
      future.completeExceptionally(handshake.cause());
    } else if (!ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
      future.completeExceptionally(
          new SSLException("ALPN: " + tls.applicationProtocol() + " (expected: h2)"));
    } else {
      future.complete(connection);
    }
  }

  /** Opens a stream: its id is taken when its handler writes the first frame. */
  Future<Http2StreamChannel> openStream(ChannelHandler handler) {
    return new Http2StreamChannelBootstrap(channel).handler(handler).open();
  }

  /** Whether it has received a GOAWAY or is closed. */
  boolean leaving() {
    return leaving || !channel.isActive();
  }

  /** Completes when the connection is closed: on a FIN, Netty closes. */
  ChannelFuture closed() {
    return channel.closeFuture();
  }

  /** Builds the pipeline and stays at its end to see what concerns the whole connection. */
  private static final class Setup extends ChannelInboundHandlerAdapter {
    private final Target target;
    private final CompletableFuture<NettyConnection> made = new CompletableFuture<>();

    Setup(Target target) {
      this.target = target;
    }

    NettyConnection connection() {
      return made.join();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws SSLException {
      Channel channel = context.channel();
      made.complete(new NettyConnection(channel));
      if (target.tls()) {
        String before = context.name();
        SslHandler tls = sslContext().newHandler(channel.alloc(), Target.HOST, target.port());
        channel.pipeline().addBefore(before, null, tls);
      }
      channel
          .pipeline()
          .addBefore(
              context.name(),
              null,
              Http2FrameCodecBuilder.forClient().gracefulShutdownTimeoutMillis(0).build());
      channel
          .pipeline()
          .addBefore(context.name(), null, new Http2MultiplexHandler(new PushRefusal()));
    }

    private SslContext sslContext() throws SSLException {
      return SslContextBuilder.forClient()
          .sslProvider(SslProvider.JDK)
          .trustManager(target.trust().pem().toFile())
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  ApplicationProtocolNames.HTTP_2,
                  ApplicationProtocolNames.HTTP_1_1))
          .build();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2GoAwayFrame) {
        connection().leaving = true;
      }
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }

  private static final class PushRefusal extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel pushed) {
      var unused = pushed.close();
    }
  }
}
