package io.http2drain.admin;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * An application whose requests are answered when the test says so; {@code /block} holds a thread.
 */
final class HeldRequests extends Handler.Abstract {

  private static final long LIMIT_SECONDS = 20;

  private final Map<Request, Callback> held = new ConcurrentHashMap<>();
  private final CountDownLatch released = new CountDownLatch(1);

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    held.put(request, callback);
    if (Request.getPathInContext(request).startsWith("/block")
        && !released.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("never released");
    }
    return true;
  }

  int count() {
    return held.size();
  }

  /** Answers those that are held. */
  void release() {
    released.countDown();
    held.values().forEach(Callback::succeeded);
    held.clear();
  }
}
