package io.http2drain.rig;

import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/**
 * The server's side of a WebSocket at {@code /ws}, which sends each text back, and ends at {@code
 * close}. That at {@code /ws/slow} takes until the release of this path to open.
 */
public final class EchoSocket extends Session.Listener.AbstractAutoDemanding {

  private final HoldingHandler handler;
  private final String path;

  private EchoSocket(HoldingHandler handler, String path) {
    this.handler = handler;
    this.path = path;
  }

  /** Adds it to a server that is not started, over HTTP/1.1 and HTTP/2. */
  public static void addTo(DrainedServer server) {
    server.wrapHandler(
        WebSocketUpgradeHandler.from(
            server.server,
            container ->
                container.addMapping(
                    "/ws/*",
                    (request, response, done) -> new EchoSocket(server.handler, path(request)))));
  }

  private static String path(ServerUpgradeRequest request) {
    return request.getHttpURI().getPath();
  }

  @Override
  public void onWebSocketOpen(Session session) {
    super.onWebSocketOpen(session);
    if (path.equals("/ws/slow")) {
      try {
        handler.pause(path);
      } catch (InterruptedException x) {
        throw new IllegalStateException(x);
      }
    }
  }

  @Override
  public void onWebSocketText(String message) {
    if (message.equals("close")) {
      getSession().close(1001, "asked to", Callback.NOOP);
    } else {
      getSession().sendText(message, Callback.NOOP);
    }
  }

  /** The close says it. */
  @Override
  public void onWebSocketError(Throwable cause) {}
}
