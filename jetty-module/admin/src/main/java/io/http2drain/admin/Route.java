package io.http2drain.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** What can be done with a path: an endpoint for each of its methods. */
record Route(Map<String, Endpoint> endpoints) {

  /** Answers a request, now or later. */
  interface Endpoint {
    void answer(Exchange exchange) throws Exception;
  }

  /** What is read only. */
  static Route get(Endpoint get) {
    Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    endpoints.put(HttpMethod.GET.asString(), get);
    endpoints.put(HttpMethod.HEAD.asString(), get); // Jetty leaves the content out.
    return new Route(endpoints);
  }

  Route with(HttpMethod method, Endpoint endpoint) {
    Map<String, Endpoint> more = new LinkedHashMap<>(endpoints);
    more.put(method.asString(), endpoint);
    return new Route(more);
  }

  @Nullable Endpoint endpoint(String method) {
    return endpoints.get(method);
  }

  /** What the Allow header says. */
  String allow() {
    return String.join(", ", endpoints.keySet());
  }

  /** Whether a method changes nothing. */
  static boolean isSafe(String method) {
    return HttpMethod.GET.is(method) || HttpMethod.HEAD.is(method);
  }
}
