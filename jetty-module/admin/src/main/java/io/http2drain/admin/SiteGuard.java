package io.http2drain.admin;

import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.StringUtil;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pages of other sites out, which an operator's browser may be showing.
 *
 * <ul>
 *   <li>A browser says which page a request that may change something comes from, with {@code
 *       Origin} and {@code Sec-Fetch-Site}. It has to be our own.
 *   <li>A page whose name is rebound to the loopback address is of one origin with us. Its name is
 *       in {@code Host}, and gives it away.
 * </ul>
 *
 * <p>Who sends none of these is no browser, and nobody's page can make it send a request.
 */
final class SiteGuard {

  private static final Pattern LOOPBACK =
      Pattern.compile(
          "localhost|.+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

  private SiteGuard() {}

  /** Why the request may come through a rebound name; null when it does not. */
  static @Nullable String foreignHost(Request request) {
    String host = request.getHttpURI().getHost();
    if (StringUtil.isEmpty(host) || LOOPBACK.matcher(host).matches()) {
      return null;
    }
    return "Host: expected: localhost or a loopback address";
  }

  /** Why the request comes from the page of another site; null when it does not. */
  static @Nullable String foreignPage(Request request) {
    for (String site : request.getHeaders().getValuesList("Sec-Fetch-Site")) {
      if (!site.equals("same-origin") && !site.equals("none")) {
        return "Sec-Fetch-Site: expected: same-origin";
      }
    }
    List<String> hosts = request.getHeaders().getValuesList(HttpHeader.HOST);
    String authority = hosts.isEmpty() ? "" : hosts.get(0);
    for (String origin : request.getHeaders().getValuesList(HttpHeader.ORIGIN)) {
      // The scheme is not compared: a proxy may speak TLS to the browser.
      if (!origin.equalsIgnoreCase("http://" + authority)
          && !origin.equalsIgnoreCase("https://" + authority)) {
        return "Origin: expected: the page of this endpoint";
      }
    }
    return null;
  }
}
