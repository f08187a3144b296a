package io.http2drain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http2.api.Stream;

/**
 * Names a stream for people: method, path and age.
 *
 * <p>Jetty keeps the request of a stream to itself, but for the text of its dump; to keep a copy
 * would cost every stream of every session an allocation. So the text is read, and only for streams
 * that are cut. Where it does not look as expected, the stream is named by its id.
 */
final class StreamDescription {

  /**
   * {@code HTTP2Stream#7@…{…,age=3012,request=GET{u=https://host/path?query,HTTP/2.0,h=4,…},…}}.
   */
  private static final Pattern DUMP =
      Pattern.compile("age=(?<age>\\d+),request=(?<method>[^{]+)\\{u=(?<uri>[^,]*),");

  private static final int MAX_PATH = 200;

  private StreamDescription() {}

  static String of(Stream stream) {
    Matcher dump = DUMP.matcher(stream.toString());
    if (!dump.find()) {
      return "stream " + stream.getId();
    }
    return dump.group("method")
        + " "
        + path(dump.group("uri"))
        + " after "
        + dump.group("age")
        + " ms";
  }

  /** The path alone: a query may carry secrets. */
  private static String path(String uri) {
    String path = uri.replaceFirst("^[a-z]+://[^/?#]*", "").replaceFirst("[?#].*$", "");
    if (path.isEmpty()) {
      return "/";
    }
    return path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH) + "…";
  }
}
