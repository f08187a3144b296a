package io.http2drain.home;

import java.io.IOException;
import java.time.Duration;

/**
 * The client's side of {@link EchoScenario}: it keeps the pace by timers of its own and knows
 * nothing of the stop.
 */
interface EchoClient extends AutoCloseable {

  /**
   * Connects and sends the POST's header section.
   *
   * @return {@link System#nanoTime()} at which it was sent; the chunks follow
   */
  long begin() throws IOException, InterruptedException;

  /** Waits until both requests have ended and the connection is closed. */
  EchoOutcome finish(Duration limit) throws IOException, InterruptedException;

  @Override
  void close();
}
