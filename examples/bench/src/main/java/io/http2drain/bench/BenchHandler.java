package io.http2drain.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers requests by their path: {@code /hold} when it is told to, without a thread; {@code
 * /block} likewise, with one; {@code /download} with a megabyte; {@code /upload} when it has read
 * everything; all others with a short text, at once.
 */
final class BenchHandler extends Handler.Abstract {

  static final int MEGABYTE = 1 << 20;

  private static final byte[] SHORT = "Hello, world!".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LONG = new byte[MEGABYTE];

  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Runnable> held = new ArrayList<>();

  @Override
  public boolean handle(Request request, Response response, Callback callback)
      throws InterruptedException {
    switch (Request.getPathInContext(request)) {
      case "/hold" -> hold(() -> answer(response, SHORT, callback));
      case "/block" -> {
        hold(() -> {});
        released.await();
        answer(response, SHORT, callback);
      }
      case "/download" -> answer(response, LONG, callback);
      case "/upload" ->
          Content.Source.consumeAll(
              request, Callback.from(() -> answer(response, SHORT, callback), callback::failed));
      default -> answer(response, SHORT, callback);
    }
    return true;
  }

  private static void answer(Response response, byte[] content, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
    response.write(true, ByteBuffer.wrap(content), callback);
  }

  private synchronized void hold(Runnable answer) {
    held.add(answer);
    notifyAll();
  }

  /** Blocks until so many requests are held. */
  synchronized void awaitHeld(int count) throws InterruptedException {
    while (held.size() < count) {
      wait();
    }
  }

  /** Answers what is held, and returns how many requests that is. */
  int release() {
    released.countDown();
    List<Runnable> answers;
    synchronized (this) {
      answers = new ArrayList<>(held);
      held.clear();
    }
    answers.forEach(Runnable::run);
    return answers.size();
  }
}
