package io.http2drain.home;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A few callers of one client library, each of which sends its next request when the last has
 * ended, until nothing listens any more. They never see the stop coming: whatever is lost between
 * two requests is lost here.
 */
final class SequentialLoad implements AutoCloseable {
  static final String PREFIX = "sequential-";

  private static final Duration THINK = Duration.ofMillis(20);
  private static final int MAX_ERRORS_OF_A_CALLER = 20;

  private final HttpLibrary library;
  private final RequestTally tally;
  private final AtomicInteger ids = new AtomicInteger();

  SequentialLoad(String client, HttpLibrary library) {
    this.library = library;
    this.tally = new RequestTally(client);
  }

  void start(int callers) {
    for (int i = 0; i < callers; i++) {
      sendNext(0);
    }
  }

  private void sendNext(int errors) {
    Exchange exchange = Exchange.think(PREFIX + ids.incrementAndGet(), THINK, true);
    tally.started();
    var unused =
        library
            .send(exchange)
            .whenComplete((reply, failure) -> ended(exchange, reply, failure, errors));
  }

  private void ended(
      Exchange exchange, @Nullable Reply reply, @Nullable Throwable failure, int errors) {
    // The next request is begun before this one is counted as ended: the tally is never at rest
    // between the two.
    boolean refused = failure != null && library.notConnected(failure);
    boolean failed = failure != null || (reply != null && exchange.fault(reply) != null);
    int errorsNow = failed ? errors + 1 : errors;
    if (!refused && errorsNow < MAX_ERRORS_OF_A_CALLER) {
      sendNext(errorsNow);
    }
    RequestTally.Outcome unused = tally.ended(exchange, reply, failure, library::notConnected);
  }

  ClientReport finish(Duration limit) throws InterruptedException {
    return tally.awaitAll(limit);
  }

  @Override
  public void close() {
    library.close();
  }
}
