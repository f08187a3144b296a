package io.http2drain.example;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The one thread that wakes the application's asynchronous requests. It lives as long as the
 * context. Its tasks must not block: a blocked one delays every other request's wake-up.
 */
public final class SharedScheduler implements ServletContextListener {
  private static final String ATTRIBUTE = SharedScheduler.class.getName();

  /** The scheduler of a started context. */
  static ScheduledExecutorService of(ServletContext context) {
    return (ScheduledExecutorService) context.getAttribute(ATTRIBUTE);
  }

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "example-scheduler");
              thread.setDaemon(true);
              return thread;
            });
    // A client that leaves takes its wake-up along instead of keeping it in the queue for minutes.
    scheduler.setRemoveOnCancelPolicy(true);
    event.getServletContext().setAttribute(ATTRIBUTE, scheduler);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    of(event.getServletContext()).shutdownNow();
  }
}
