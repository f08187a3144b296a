package io.http2drain.example;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Runs an action once an asynchronous request has ended, whether it was answered or its client
 * left: from then on the container may use the response for another request.
 *
 * <p>The action may run twice, after an error, and on any of the container's threads.
 */
record AsyncEnd(Runnable action) implements AsyncListener {
  @Override
  public void onComplete(AsyncEvent event) {
    action.run();
  }

  @Override
  public void onError(AsyncEvent event) {
    action.run();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    action.run();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // The application starts each request once.
  }
}
