package io.http2drain.home;

import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;

/** A client library, set up to speak HTTP/2 to one target. */
interface HttpLibrary extends AutoCloseable {

  /**
   * Sends a request. The future fails with what the library reports to its caller. Safe to call
   * from any thread.
   */
  CompletableFuture<Reply> send(Exchange exchange);

  /** Whether this failure says that nothing listens, so that the request was not sent. */
  default boolean notConnected(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  @Override
  void close();
}
