package io.http2drain.peer;

import java.time.Duration;

/** Clients at work on a server that is about to be stopped. */
public interface Load extends AutoCloseable {

  /**
   * Waits until the clients are as busy as they get: the moment for the stop.
   *
   * @throws IllegalStateException when that takes longer than the limit
   */
  void awaitBusy(Duration limit);

  /** Waits until every request has its fate, at most for the limit, and closes the clients. */
  LoadResult finish(Duration limit);

  @Override
  void close();
}
