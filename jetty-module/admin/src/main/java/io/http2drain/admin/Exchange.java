package io.http2drain.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ajax.JSON;

/** One request and the answer to it: whole, small, and never kept by a browser. */
final class Exchange {

  static final String TEXT = "text/plain;charset=utf-8";
  static final String JSON_TYPE = "application/json";

  /** Nothing from elsewhere, nothing inline, in no frame. */
  private static final HttpFields PROTECTION =
      HttpFields.from(
          new HttpField(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                  + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                  + " frame-ancestors 'none'"),
          new HttpField("X-Content-Type-Options", "nosniff"),
          new HttpField("X-Frame-Options", "DENY"),
          new HttpField("Referrer-Policy", "no-referrer"),
          new HttpField("Cross-Origin-Resource-Policy", "same-origin"),
          new HttpField("Cross-Origin-Opener-Policy", "same-origin"),
          new HttpField(HttpHeader.CACHE_CONTROL, "no-store"));

  private final Request request;
  private final Response response;
  private final Callback callback;

  Exchange(Request request, Response response, Callback callback) {
    this.request = request;
    this.response = response;
    this.callback = callback;
  }

  Request request() {
    return request;
  }

  void header(HttpHeader name, String value) {
    response.getHeaders().put(name, value);
  }

  void answer(int status, String contentType, byte[] content) {
    answer(status, contentType, content, callback);
  }

  void answer(int status, String contentType, String content) {
    answer(status, contentType, content.getBytes(UTF_8));
  }

  /** An answer of JSON that says why not. */
  void refuse(int status, String why) {
    answer(status, JSON_TYPE, refusal(why));
  }

  private static byte[] refusal(String why) {
    return new JSON().toJSON(Map.of("error", why)).getBytes(UTF_8);
  }

  /**
   * Refuses a request whose content was not read to its end. The answer goes out at once. What the
   * client still sends is read and dropped, lest it gets a reset instead of the answer; for as long
   * as its connection may live.
   */
  void refuseUnread(int status, String why) {
    header(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
    List<String> expectations = request.getHeaders().getValuesList(HttpHeader.EXPECT);
    Callback then =
        expectations.isEmpty()
            ? Callback.from(
                () -> Content.Source.consumeAll(request, Callback.from(callback::succeeded)),
                callback::failed)
            : callback; // It waits for a word from us before it sends anything.
    answer(status, JSON_TYPE, refusal(why), then);
  }

  /** The content could not be read. */
  void fail(Throwable failure) {
    callback.failed(failure);
  }

  private void answer(int status, String contentType, byte[] content, Callback then) {
    HttpFields.Mutable headers = response.getHeaders();
    PROTECTION.forEach(headers::put);
    headers.put(HttpHeader.CONTENT_TYPE, contentType);
    headers.put(HttpHeader.CONTENT_LENGTH, content.length);
    response.setStatus(status);
    response.write(true, ByteBuffer.wrap(content), then);
  }
}
