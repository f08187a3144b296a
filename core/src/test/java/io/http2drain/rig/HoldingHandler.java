package io.http2drain.rig;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Answers {@code /hold/NAME} when the test says so, {@code /block/NAME} likewise but holding its
 * thread, {@code /upload} with the number of bytes that it got, and everything else at once.
 * Remembers what it ran.
 */
public final class HoldingHandler extends Handler.Abstract {

  private static final long LIMIT_SECONDS = 20;

  private final Map<String, CountDownLatch> arrived = new ConcurrentHashMap<>();
  private final Map<String, Callback> held = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> released = new ConcurrentHashMap<>();
  private final Set<String> ran = ConcurrentHashMap.newKeySet();
  private final Set<String> failed = ConcurrentHashMap.newKeySet();

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = Request.getPathInContext(request);
    ran.add(path);
    request.addFailureListener(
        x -> {
          failed.add(path);
          held.remove(path); // Nobody waits for it any more.
        });
    Callback answer =
        Callback.from(
            () -> response.write(true, BufferUtil.toBuffer("answer to " + path), callback),
            callback::failed);
    if (path.startsWith("/hold/")) {
      held.put(path, answer);
      arrived(path).countDown();
    } else if (path.startsWith("/block/")) {
      pause(path);
      answer.succeeded();
    } else if (path.startsWith("/stream/")) {
      response.write(
          false,
          BufferUtil.toBuffer("begin"),
          Callback.from(
              () -> {
                held.put(
                    path,
                    Callback.from(
                        () -> response.write(true, BufferUtil.toBuffer("end"), callback)));
                arrived(path).countDown();
              },
              callback::failed));
    } else if (path.startsWith("/upload")) {
      arrived(path).countDown();
      long length = Content.Source.asByteBuffer(request).remaining();
      response.write(true, BufferUtil.toBuffer(Long.toString(length)), callback);
    } else {
      answer.succeeded();
    }
    return true;
  }

  /** Takes note of the arrival, and holds the thread until the release; for handlers of a test. */
  public void pause(String path) throws InterruptedException {
    arrived(path).countDown();
    if (!released(path).await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(path + " was never released");
    }
  }

  /** Waits until the request has reached this handler. */
  public void awaitArrival(String path) throws InterruptedException {
    if (!arrived(path).await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(path + " did not arrive; ran: " + ran);
    }
  }

  public void release(String path) {
    released(path).countDown();
    Callback answer = held.remove(path);
    if (answer != null) {
      answer.succeeded();
    }
  }

  /** Whether the connection of a request that is held went away. */
  public boolean hasFailed(String path) {
    return failed.contains(path);
  }

  /** Whether a request for this path was ever run. */
  public boolean hasRun(String path) {
    return ran.contains(path);
  }

  private CountDownLatch arrived(String path) {
    return arrived.computeIfAbsent(path, p -> new CountDownLatch(1));
  }

  private CountDownLatch released(String path) {
    return released.computeIfAbsent(path, p -> new CountDownLatch(1));
  }
}
