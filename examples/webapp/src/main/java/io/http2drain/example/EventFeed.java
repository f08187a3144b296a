package io.http2drain.example;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One client's event stream. Each run writes the next event and asks to be woken for the one after.
 *
 * <p>Runs follow one another, each on a container thread, because a write may block on a slow
 * client.
 */
final class EventFeed implements Runnable {
  private final AsyncContext async;
  private final ScheduledExecutorService scheduler;
  private final int count;
  private final int ms;

  /** Written by the runs only, which the scheduler orders. */
  private int sent;

  private volatile boolean ended;

  /**
   * @param async the started request, its headers set
   * @param count how many events to send before the end
   * @param ms milliseconds between two events
   */
  EventFeed(AsyncContext async, ScheduledExecutorService scheduler, int count, int ms) {
    this.async = async;
    this.scheduler = scheduler;
    this.count = count;
    this.ms = ms;
    async.addListener(new AsyncEnd(() -> ended = true));
  }

  @Override
  public void run() {
    if (ended) {
      return;
    }
    try {
      sent++;
      write("id: %d\ndata: event %d of %d\n\n".formatted(sent, sent, count));
      if (sent < count) {
        var unused = scheduler.schedule(this::wake, ms, MILLISECONDS);
      } else {
        write("event: end\ndata: %d events sent\n\n".formatted(count));
        async.complete();
      }
    } catch (IOException | RejectedExecutionException e) {
      // The client left, or the context is being destroyed: nobody is there to be told.
      if (!ended) {
        async.complete();
      }
    }
  }

  /** On the scheduler's thread. */
  private void wake() {
    if (!ended) {
      async.start(this);
    }
  }

  private void write(String event) throws IOException {
    ServletOutputStream out = async.getResponse().getOutputStream();
    out.write(event.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
