package io.http2drain;

import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * The connections that a connector has accepted and that are not yet among its {@linkplain
 * Connector#getConnectedEndPoints() endpoints}: they wait for a thread of the pool.
 */
final class PendingAccepts implements SelectorManager.AcceptListener, Connection.Listener {

  private final Set<Object> channels = ConcurrentHashMap.newKeySet();

  /** Begins to listen to a connector that is not running; once is enough. */
  static void watch(Connector connector) {
    if (connector instanceof ServerConnector socketConnector) {
      PendingAccepts pending = new PendingAccepts();
      socketConnector.addEventListener(pending);
      socketConnector.getSelectorManager().addEventListener(pending);
    }
  }

  /** Those of a connector; null when it is not watched. */
  static @Nullable PendingAccepts of(Connector connector) {
    return connector.getEventListeners().stream()
        .filter(PendingAccepts.class::isInstance)
        .map(PendingAccepts.class::cast)
        .findFirst()
        .orElse(null);
  }

  boolean isEmpty() {
    return channels.isEmpty();
  }

  @Override
  public void onAccepting(SelectableChannel channel) {
    channels.add(channel);
  }

  @Override
  public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
    channels.remove(channel);
  }

  /** Its endpoint is known by now. {@link #onAccepted} would be too early: it comes before that. */
  @Override
  public void onOpened(Connection connection) {
    channels.remove(connection.getEndPoint().getTransport());
  }

  /** In case that the connection did not tell of its opening. */
  @Override
  public void onClosed(SelectableChannel channel) {
    channels.remove(channel);
  }
}
