package io.http2drain.rig;

import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/** A connection of a {@link FakeConnector}. */
public final class FakeEndPoint {

  private static final Connection ESTABLISHED = FakeConnector.fake(Connection.class, call -> null);

  private final EndPoint endPoint = FakeConnector.fake(EndPoint.class, this::answer);
  private final Consumer<EndPoint> onClose;
  private volatile @Nullable Connection connection;
  private volatile boolean open = true;
  private volatile int idleTimeouts;

  FakeEndPoint(Consumer<EndPoint> onClose) {
    this.onClose = onClose;
  }

  public EndPoint endPoint() {
    return endPoint;
  }

  /** From here on no new request can come on this connection. */
  public void establish() {
    connection = ESTABLISHED;
  }

  public void close() {
    open = false;
    onClose.accept(endPoint);
  }

  /** How often the idle timeout was set. */
  public synchronized int idleTimeouts() {
    return idleTimeouts;
  }

  private synchronized @Nullable Object answer(String call) {
    return switch (call) {
      case "isOpen" -> open;
      case "getConnection" -> connection;
      case "setIdleTimeout" -> {
        idleTimeouts++;
        yield null;
      }
      default -> null;
    };
  }
}
