package io.http2drain.example;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Server-sent events: {@code /events?count=&ms=}.
 *
 * <p>It sends {@code count} events (default 10), {@code ms} milliseconds apart (default 1000), the
 * first at once, then one named {@code end}. Between events it holds no thread.
 */
public final class EventsServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private static final BoundedParameter COUNT = new BoundedParameter("count", 10, 1, 10_000);
  private static final BoundedParameter MS = new BoundedParameter("ms", 1_000, 0, 60_000);

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    int count;
    int ms;
    try {
      count = COUNT.read(request);
      ms = MS.read(request);
    } catch (BadParameter e) {
      e.answer(response);
      return;
    }
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("utf-8");
    response.setHeader("Cache-Control", "no-store");
    AsyncContext async = request.startAsync();
    // An event stream lasts as long as it was asked to; the container's own default is 30 s.
    async.setTimeout(0);
    new EventFeed(async, SharedScheduler.of(getServletContext()), count, ms).run();
  }
}
