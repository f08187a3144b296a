package io.http2drain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http2.api.Stream;

/**
 * What people call a stream: method, path and age.
 *
 * <p>Jetty keeps the request of a stream to itself, but for the text of its dump; to keep a copy
 * would cost every stream of every session an allocation. So the text is read, and only for streams
 * that are shown to somebody. Where it does not look as expected, the stream is named by its id.
 *
 * @param method empty when it is not known
 * @param path without the query, and not longer than {@link RequestStatus#MAX_PATH}
 * @param ageMillis 0 when it is not known
 */
record StreamDescription(String method, String path, long ageMillis) {

  /**
   * {@code HTTP2Stream#7@…{…,age=3012,request=GET{u=https://host/path?query,HTTP/2.0,h=4,…},…}}.
   */
  private static final Pattern DUMP =
      Pattern.compile("age=(?<age>\\d{1,18}),request=(?<method>[^{]+)\\{u=(?<uri>[^,]*),");

  static StreamDescription of(Stream stream) {
    Matcher dump = DUMP.matcher(stream.toString());
    if (!dump.find()) {
      return new StreamDescription("", "stream " + stream.getId(), 0);
    }
    return new StreamDescription(
        dump.group("method"), path(dump.group("uri")), Long.parseLong(dump.group("age")));
  }

  /** The path of a URI alone: a query may carry secrets. */
  static String path(String uri) {
    String path = uri.replaceFirst("^[a-z]+://[^/?#]*", "").replaceFirst("[?#].*$", "");
    if (path.isEmpty()) {
      return "/";
    }
    return path.length() <= RequestStatus.MAX_PATH
        ? path
        : path.substring(0, RequestStatus.MAX_PATH) + "…";
  }

  String label() {
    return method.isEmpty() ? path : method + " " + path;
  }

  @Override
  public String toString() {
    return method.isEmpty() ? path : label() + " after " + ageMillis + " ms";
  }
}
