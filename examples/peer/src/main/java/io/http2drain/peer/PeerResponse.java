package io.http2drain.peer;

import java.util.Map;

/**
 * How one stream ended.
 *
 * @param streamId the stream
 * @param status the HTTP status, 0 when no response HEADERS came
 * @param body what was received of the content, complete only if the fate is an answer
 * @param headers the response's fields, {@code :status} included; of repeated ones the values are
 *     joined by a comma
 * @param trailers the trailer fields, empty when there were none
 * @param fate what the client makes of it
 * @param errorCode the code of the RST_STREAM that ended the stream, else 0
 * @param endNanos {@link System#nanoTime()} when the stream ended
 */
public record PeerResponse(
    int streamId,
    int status,
    ReceivedBody body,
    Map<String, String> headers,
    Map<String, String> trailers,
    Fate fate,
    long errorCode,
    long endNanos) {

  /** Bytes of content received. */
  public long bytes() {
    return body.length();
  }

  /** The content as UTF-8 text, at most its first 1 MiB. */
  public String text() {
    return body.text();
  }

  @Override
  public String toString() {
    String code = fate == Fate.RESET ? "," + ReceivedFrame.errorName(errorCode) : "";
    return "stream " + streamId + " " + fate + "(status=" + status + code + "," + body + ")";
  }
}
