package io.http2drain.home;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A client and the way in which it speaks HTTP/2.
 *
 * @param client makes a fresh one
 * @param knownLimit skips the test where the client itself, as installed here, cannot keep its
 *     requests
 */
record ClientCase(String name, boolean tls, Supplier<RealClient> client, Runnable knownLimit) {

  static Stream<ClientCase> all() {
    return Stream.concat(
        LibraryCase.all().map(LibraryCase::allAtOnce),
        Stream.of(
            of("gRPC h2", true, GrpcClient::new),
            of("gRPC h2c", false, GrpcClient::new),
            of("curl h2", true, name -> CurlClient.multiplexing(name, "http2")),
            of("curl h2c upgrade", false, name -> CurlClient.separate(name, "http2")),
            of("curl h2c", false, name -> CurlClient.separate(name, "http2-prior-knowledge")),
            of("nghttp h2", true, name -> new NghttpClient(name, List.of())),
            of("nghttp h2c upgrade", false, name -> new NghttpClient(name, List.of("--upgrade"))),
            of("nghttp h2c", false, name -> new NghttpClient(name, List.of())),
            of("Node h2", true, NodeClient::new),
            of("Node h2c", false, NodeClient::new)));
  }

  private static ClientCase of(String name, boolean tls, Function<String, RealClient> client) {
    return new ClientCase(name, tls, () -> client.apply(name), () -> {});
  }

  /** What a test report shows. */
  @Override
  public String toString() {
    return name;
  }
}
