package io.http2drain.home;

import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A client library in this JVM and the way in which it speaks HTTP/2.
 *
 * @param knownLimit as in {@link ClientCase}
 */
record LibraryCase(
    String name, boolean tls, Function<Target, HttpLibrary> setUp, Runnable knownLimit) {

  static Stream<LibraryCase> all() {
    Runnable none = () -> {};
    Runnable goAway = JdkLibrary::requireGoAwaySupport;
    return Stream.of(
        new LibraryCase("JDK HttpClient h2", true, JdkLibrary::new, goAway),
        new LibraryCase("JDK HttpClient h2c upgrade", false, JdkLibrary::new, goAway),
        new LibraryCase("OkHttp h2", true, OkHttpLibrary::new, none),
        new LibraryCase("OkHttp h2c", false, OkHttpLibrary::new, none),
        new LibraryCase("Apache HttpClient h2", true, ApacheLibrary::new, none),
        new LibraryCase("Apache HttpClient h2c", false, ApacheLibrary::new, none),
        new LibraryCase("Netty h2", true, NettyLibrary::new, none),
        new LibraryCase("Netty h2c", false, NettyLibrary::new, none));
  }

  ClientCase allAtOnce() {
    return new ClientCase(name, tls, () -> new LibraryClient(name, setUp), knownLimit);
  }

  /** What a test report shows. */
  @Override
  public String toString() {
    return name;
  }
}
