package io.http2drain.home;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client library in this JVM that has all its requests in flight at once. */
final class LibraryClient implements RealClient {
  private final String name;
  private final Function<Target, HttpLibrary> setUp;
  private final RequestTally tally;
  private @Nullable HttpLibrary library;

  LibraryClient(String name, Function<Target, HttpLibrary> setUp) {
    this.name = name;
    this.setUp = setUp;
    this.tally = new RequestTally(name);
  }

  @Override
  public long start(Target target, Workload workload, Path directory) throws InterruptedException {
    HttpLibrary opened = setUp.apply(target);
    library = opened;
    openConnection(opened);
    long begin = System.nanoTime();
    for (Exchange exchange : workload.exchanges()) {
      tally.started();
      var unused =
          opened
              .send(exchange)
              .whenComplete(
                  (reply, failure) ->
                      tally.ended(exchange, reply, failure, LibraryClient::isExcused));
    }
    return begin;
  }

  /** One request ahead of all: those that follow find its connection in the library's pool. */
  private void openConnection(HttpLibrary opened) throws InterruptedException {
    Exchange first = Exchange.think("first-" + name.replace(' ', '-'), Duration.ZERO, false);
    try {
      String fault = first.fault(opened.send(first).get(20, SECONDS));
      if (fault != null) {
        throw new AssertionError(name + ": " + fault);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(name + ": the first request failed", e);
    }
  }

  /**
   * Not even a refused connection is: the requests were on their way, and a library that connects
   * again has lost one.
   */
  private static boolean isExcused(Throwable failure) {
    return false;
  }

  @Override
  public ClientReport finish(Duration limit) throws InterruptedException {
    return tally.awaitAll(limit);
  }

  @Override
  public void close() {
    if (library != null) {
      library.close();
    }
  }
}
