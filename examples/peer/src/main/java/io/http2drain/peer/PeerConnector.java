package io.http2drain.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;

/** Opens sockets and builds their pipelines; all peers of the process share two daemon threads. */
final class PeerConnector {
  private static final int CONNECT_TIMEOUT_MILLIS = 30_000;
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(
          2, new DefaultThreadFactory("http2-peer", true), NioIoHandler.newFactory());

  private PeerConnector() {}

  static EventLoopGroup loops() {
    return LOOPS;
  }

  /** Completes when the preface is written. */
  static CompletableFuture<RawPeer> connect(PeerOptions options) {
    PeerHandler handler = new PeerHandler(options);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(LOOPS)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            // Read on after a failed write: what the server sent before may still be there.
            .option(ChannelOption.AUTO_CLOSE, false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    fill(channel.pipeline(), channel, options, handler);
                  }
                });
    if (options.receiveBuffer() > 0) {
      bootstrap.option(ChannelOption.SO_RCVBUF, options.receiveBuffer());
    }
    var connecting = bootstrap.connect(options.host(), options.port());
    Channel channel = connecting.channel();
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            handler.ready().completeExceptionally(done.cause());
          }
        });
    PeerSocket socket = new PeerSocket((SocketChannel) channel, handler);
    return handler.ready().thenApply(ready -> new RawPeer(options, ready, socket));
  }

  private static void fill(
      ChannelPipeline pipeline, Channel channel, PeerOptions options, PeerHandler handler) {
    if (!options.addedRoundTrip().isZero()) {
      pipeline.addLast(
          new RoundTripDelay(channel.eventLoop(), options.addedRoundTrip(), System::nanoTime));
    }
    if (options.tls()) {
      SslHandler tls = Tls.CONTEXT.newHandler(channel.alloc(), options.host(), options.port());
      tls.setHandshakeTimeoutMillis(CONNECT_TIMEOUT_MILLIS);
      pipeline.addLast(tls);
    }
    pipeline.addLast(handler);
  }

  /** Made on first use. */
  private static final class Tls {
    static final SslContext CONTEXT = context();

    private static SslContext context() {
      try {
        return SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm("")
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2))
            .build();
      } catch (SSLException e) {
        throw new IllegalStateException("no TLS client in this JDK", e);
      }
    }
  }
}
