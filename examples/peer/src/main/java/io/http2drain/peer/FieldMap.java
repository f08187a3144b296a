package io.http2drain.peer;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Fields and parameters as plain maps: what callers give and what they get. */
final class FieldMap {
  private FieldMap() {}

  /** Fields in order of arrival, names in lower case, repeated values joined by a comma. */
  static Map<String, String> of(Http2Headers headers) {
    Map<String, String> fields = new LinkedHashMap<>();
    headers.forEach(
        e -> fields.merge(e.getKey().toString(), e.getValue().toString(), (a, b) -> a + ", " + b));
    return Collections.unmodifiableMap(fields);
  }

  /** The parameters by name, of those that RFC 9113 does not know by number. */
  static Map<String, String> of(Http2Settings settings) {
    Map<String, String> parameters = new LinkedHashMap<>();
    settings.forEach((id, value) -> parameters.put(name(id), Long.toString(value)));
    return Collections.unmodifiableMap(parameters);
  }

  /** A request; a pseudo-field among {@code fields} replaces the one made here. */
  static Http2Headers request(
      PeerOptions options, String method, String path, Map<String, String> fields) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(":method", method);
    all.put(":authority", options.host() + ":" + options.port());
    // RFC 9113 section 8.5: CONNECT has no scheme and no path; RFC 8441 section 4: unless extended.
    if (!method.equals("CONNECT") || fields.containsKey(":protocol")) {
      all.put(":scheme", options.tls() ? "https" : "http");
      all.put(":path", path);
    }
    all.putAll(fields);
    return headers(all);
  }

  static Http2Headers headers(Map<String, String> fields) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    fields.forEach(headers::add);
    return headers;
  }

  private static String name(char id) {
    return switch (id) {
      case 1 -> "HEADER_TABLE_SIZE";
      case 2 -> "ENABLE_PUSH";
      case 3 -> "MAX_CONCURRENT_STREAMS";
      case 4 -> "INITIAL_WINDOW_SIZE";
      case 5 -> "MAX_FRAME_SIZE";
      case 6 -> "MAX_HEADER_LIST_SIZE";
      case 8 -> "ENABLE_CONNECT_PROTOCOL";
      default -> "0x" + Integer.toHexString(id);
    };
  }
}
