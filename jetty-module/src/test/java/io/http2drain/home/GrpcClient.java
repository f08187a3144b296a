package io.http2drain.home;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.http2drain.home.grpc.ThinkingMethods;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * gRPC-java, against the servlet of {@link GrpcWar}: for each request of the workload a call of the
 * same shape and length.
 */
final class GrpcClient implements RealClient {
  private static final Metadata.Key<String> ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final int MESSAGES = 15;
  private static final long GAP_MS = 100L;

  private final RequestTally tally;
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private @Nullable ManagedChannel channel;

  GrpcClient(String name) {
    this.tally = new RequestTally(name);
  }

  @Override
  public long start(Target target, Workload workload, Path directory) throws IOException {
    ManagedChannel opened = open(target);
    channel = opened;
    String first =
        ClientCalls.blockingUnaryCall(opened, ThinkingMethods.THINK, CallOptions.DEFAULT, "0");
    if (!first.equals("0")) {
      throw new AssertionError("the first call: " + first);
    }
    long begin = System.nanoTime();
    for (Exchange exchange : workload.exchanges()) {
      tally.started();
      Channel call = ClientInterceptors.intercept(opened, withId(exchange.id()));
      if (exchange.upload() != null) {
        echo(call, exchange.id());
      } else if (exchange.path().startsWith("/stream")) {
        count(call, exchange.id());
      } else {
        think(call, exchange.id(), exchange.path().replaceAll("\\D", ""));
      }
    }
    return begin;
  }

  private static ManagedChannel open(Target target) throws IOException {
    ChannelCredentials credentials =
        target.tls()
            ? TlsChannelCredentials.newBuilder().trustManager(target.trust().pem().toFile()).build()
            : InsecureChannelCredentials.create();
    return Grpc.newChannelBuilder(target.authority(), credentials).build();
  }

  private static io.grpc.ClientInterceptor withId(String id) {
    Metadata metadata = new Metadata();
    metadata.put(ID, id);
    return MetadataUtils.newAttachHeadersInterceptor(metadata);
  }

  private void think(Channel call, String id, String ms) {
    ClientCalls.asyncUnaryCall(
        call.newCall(ThinkingMethods.THINK, CallOptions.DEFAULT),
        ms,
        new GrpcAnswer(id, List.of(ms), tally));
  }

  private void count(Channel call, String id) {
    List<String> numbers = IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList();
    ClientCalls.asyncServerStreamingCall(
        call.newCall(ThinkingMethods.COUNT, CallOptions.DEFAULT),
        MESSAGES + " " + GAP_MS,
        new GrpcAnswer(id, numbers, tally));
  }

  private void echo(Channel call, String id) {
    List<String> messages = IntStream.range(0, MESSAGES).mapToObj(i -> "message " + i).toList();
    StreamObserver<String> request =
        ClientCalls.asyncBidiStreamingCall(
            call.newCall(ThinkingMethods.ECHO, CallOptions.DEFAULT),
            new GrpcAnswer(id, messages, tally));
    for (int i = 0; i < MESSAGES; i++) {
      String message = messages.get(i);
      var unused = scheduler.schedule(() -> request.onNext(message), i * GAP_MS, MILLISECONDS);
    }
    var unused = scheduler.schedule(request::onCompleted, MESSAGES * GAP_MS, MILLISECONDS);
  }

  @Override
  public ClientReport finish(Duration limit) throws InterruptedException {
    return tally.awaitAll(limit);
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
    if (channel != null) {
      channel.shutdownNow();
    }
  }
}
