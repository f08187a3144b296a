package io.http2drain.example;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;

/**
 * A request whose answer takes time: {@code /think?ms=&async=}, by GET or POST.
 *
 * <p>It waits {@code ms} milliseconds (default 1000), then answers one line of text. By default the
 * wait holds the container's thread, as a slow query does; with {@code async=true} it holds none.
 */
public final class ThinkServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private static final BoundedParameter MS = new BoundedParameter("ms", 1_000, 0, 600_000);

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    int ms;
    boolean async;
    try {
      ms = MS.read(request);
      async = readAsync(request);
    } catch (BadParameter e) {
      e.answer(response);
      return;
    }
    if (async) {
      answerLater(request, response, ms);
    } else {
      sleep(ms);
      answer(response, ms);
    }
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    doGet(request, response);
  }

  private void answerLater(HttpServletRequest request, HttpServletResponse response, int ms) {
    AsyncContext async = request.startAsync();
    // The wait is bounded here; the container's own default is 30 s.
    async.setTimeout(0);
    Future<?> wakeUp =
        SharedScheduler.of(getServletContext())
            .schedule(
                () -> {
                  // A line this short stays in the response's buffer: the scheduler's thread does
                  // not block.
                  answer(response, ms);
                  async.complete();
                  return null;
                },
                ms,
                MILLISECONDS);
    async.addListener(new AsyncEnd(() -> wakeUp.cancel(false)));
  }

  private static void sleep(int ms) throws InterruptedIOException {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while thinking for " + ms + " ms");
    }
  }

  private static void answer(HttpServletResponse response, int ms) throws IOException {
    byte[] body = "thought for %d ms\n".formatted(ms).getBytes(StandardCharsets.UTF_8);
    response.setContentType("text/plain;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static boolean readAsync(HttpServletRequest request) throws BadParameter {
    String value = request.getParameter("async");
    if (value == null || value.equals("false")) {
      return false;
    }
    if (value.equals("true")) {
      return true;
    }
    throw new BadParameter("async", value, "true or false");
  }
}
