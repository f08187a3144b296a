package io.http2drain.rig;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** Answers {@code /download?bytes=N} with N bytes, in one write. */
public final class DownloadHandler extends Handler.Wrapper {

  private final CountDownLatch arrived = new CountDownLatch(1);

  public void awaitArrival() throws InterruptedException {
    if (!arrived.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the download did not arrive");
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!Request.getPathInContext(request).equals("/download")) {
      return super.handle(request, response, callback);
    }
    arrived.countDown();
    Fields query = Request.extractQueryParameters(request);
    int length = Integer.parseInt(query.getValue("bytes"));
    response.write(true, ByteBuffer.allocate(length), callback);
    return true;
  }
}
