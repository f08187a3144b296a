package io.http2drain;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/** Tells load balancers, at one path of the connectors that they use, whether to send more. */
final class ReadinessHandler extends Handler.Wrapper {

  private final String path;
  private final Drain drain;

  private ReadinessHandler(String path, Drain drain) {
    this.path = path;
    this.drain = drain;
  }

  /** Puts it ahead of all handlers of a server that is not started. */
  static void mount(Server server, String path, Drain drain) {
    if (server.getDescendant(ReadinessHandler.class) == null) {
      server.insertHandler(new ReadinessHandler(path, drain));
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!path.equals(request.getHttpURI().getCanonicalPath())) {
      return super.handle(request, response, callback);
    }
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      response.setStatus(HttpStatus.METHOD_NOT_ALLOWED_405);
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      callback.succeeded();
      return true;
    }
    boolean ready = drain.isReady(request.getConnectionMetaData().getConnector());
    response.setStatus(ready ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    Content.Sink.write(response, true, ready ? "ready\n" : "draining\n", callback);
    return true;
  }
}
