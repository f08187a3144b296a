package io.http2drain.admin;

import io.http2drain.Drain;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Finds the endpoint of a request, and lets nobody there who may not: first what the path and the
 * method can be, then where the request comes from, then its token. Only then is it read.
 */
final class AdminHandler extends Handler.Abstract {

  private static final String SESSIONS = "/sessions/";
  private static final String DRAIN = "/drain";
  private static final String READY = "/ready";

  private final Server server;
  private final Drain drain;
  private final AdminPolicy policy;
  private final SharedStatus status;
  private final DrainEndpoints endpoints;
  private final DrainMetrics metrics = new DrainMetrics();
  private final Map<String, Route> routes = new HashMap<>();

  AdminHandler(Server server, Drain drain, AdminPolicy policy) {
    this.server = server;
    this.drain = drain;
    this.policy = policy;
    this.status = new SharedStatus(drain::status);
    this.endpoints = new DrainEndpoints(drain, status);
    LivePage.resources()
        .forEach(
            (path, resource) ->
                routes.put(
                    path,
                    Route.get(
                        exchange ->
                            exchange.answer(
                                HttpStatus.OK_200, resource.contentType(), resource.content()))));
    routes.put(READY, Route.get(this::ready));
    routes.put("/metrics", Route.get(this::metrics));
    routes.put(
        DRAIN,
        Route.get(this::status)
            .with(HttpMethod.POST, endpoints::drain)
            .with(HttpMethod.DELETE, endpoints::undo));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Exchange exchange = new Exchange(request, response, callback);
    String path = request.getHttpURI().getDecodedPath();
    Route route = route(path);
    if (route == null) {
      exchange.refuse(HttpStatus.NOT_FOUND_404, "path: not found");
      return true;
    }
    Route.Endpoint endpoint = route.endpoint(request.getMethod());
    if (endpoint == null) {
      exchange.header(HttpHeader.ALLOW, route.allow());
      exchange.refuse(HttpStatus.METHOD_NOT_ALLOWED_405, "method: expected: " + route.allow());
      return true;
    }
    // A probe may send any Host, and learns nothing but one bit.
    String objection =
        policy.token() == null && !READY.equals(path) ? SiteGuard.foreignHost(request) : null;
    if (objection == null && !Route.isSafe(request.getMethod())) {
      objection = SiteGuard.foreignPage(request);
    }
    if (objection != null) {
      exchange.refuse(HttpStatus.FORBIDDEN_403, objection);
    } else if (!Route.isSafe(request.getMethod()) && !isAuthorized(request)) {
      exchange.header(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"drain\"");
      exchange.refuse(HttpStatus.UNAUTHORIZED_401, "Authorization: expected: Bearer and the token");
    } else {
      endpoint.answer(exchange);
    }
    return true;
  }

  private @Nullable Route route(@Nullable String path) {
    if (path == null) {
      return null;
    }
    if (path.startsWith(SESSIONS) && path.endsWith(DRAIN)) {
      int end = path.length() - DRAIN.length();
      String session = end <= SESSIONS.length() ? "" : path.substring(SESSIONS.length(), end);
      return session.isEmpty() || session.indexOf('/') >= 0 ? null : sessionRoute(session);
    }
    return routes.get(path);
  }

  private Route sessionRoute(String session) {
    return new Route(Map.of())
        .with(HttpMethod.POST, exchange -> endpoints.drainSession(exchange, session))
        .with(HttpMethod.DELETE, exchange -> endpoints.undoSession(exchange, session));
  }

  private boolean isAuthorized(Request request) {
    AdminToken token = policy.token();
    if (token == null) {
      return true;
    }
    List<String> values = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
    String credentials = values.size() == 1 ? values.get(0) : "";
    boolean bearer = credentials.regionMatches(true, 0, "Bearer ", 0, 7);
    return bearer && token.matches(credentials.substring(7).trim());
  }

  private void ready(Exchange exchange) {
    if (drain.isReady()) {
      exchange.answer(HttpStatus.OK_200, Exchange.TEXT, "ready\n");
    } else {
      String phase =
          server.isStarting()
              ? "starting"
              : status.get().status().phase().name().toLowerCase(Locale.ROOT);
      exchange.answer(HttpStatus.SERVICE_UNAVAILABLE_503, Exchange.TEXT, phase + "\n");
    }
  }

  private void status(Exchange exchange) {
    exchange.answer(HttpStatus.OK_200, Exchange.JSON_TYPE, status.get().json());
  }

  private void metrics(Exchange exchange) throws IOException {
    String accept = exchange.request().getHeaders().get(HttpHeader.ACCEPT);
    ExpositionFormatWriter writer = metrics.writer(accept);
    exchange.answer(
        HttpStatus.OK_200,
        writer.getContentType(),
        DrainMetrics.write(writer, status.get().status(), drain.totals()));
  }
}
