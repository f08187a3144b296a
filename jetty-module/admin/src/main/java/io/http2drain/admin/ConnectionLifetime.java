package io.http2drain.admin;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes each connection when it is old, whatever it does: who sends a byte now and then never runs
 * into an idle time-out. Where it can it closes behind an answer, which hurts nobody.
 */
final class ConnectionLifetime implements Connection.Listener, HttpConfiguration.Customizer {

  private final AdminLimits limits;
  private final Scheduler scheduler;
  private final Map<Connection, Life> lives = new ConcurrentHashMap<>();

  ConnectionLifetime(AdminLimits limits, Scheduler scheduler) {
    this.limits = limits;
    this.scheduler = scheduler;
  }

  private record Life(long beginNanos, Scheduler.Task end) {}

  @Override
  public void onOpened(Connection connection) {
    Scheduler.Task end =
        scheduler.schedule(
            () -> connection.getEndPoint().close(), limits.lifetime(), TimeUnit.MILLISECONDS);
    lives.put(connection, new Life(NanoTime.now(), end));
  }

  @Override
  public void onClosed(Connection connection) {
    Life life = lives.remove(connection);
    if (life != null) {
      life.end().cancel();
    }
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    Life life = lives.get(request.getConnectionMetaData().getConnection());
    if (life != null && NanoTime.millisSince(life.beginNanos()) >= limits.lastAnswer()) {
      responseHeaders.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
    }
    return request;
  }
}
