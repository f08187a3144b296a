package io.http2drain.peer;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What was received on one stream, until its fate is known. Used by the event loop only; the future
 * is for everyone.
 */
final class StreamAccount {
  private final int streamId;
  private final ReceivedBody body;
  private final CompletableFuture<PeerResponse> response = new CompletableFuture<>();
  private Map<String, String> headers = Map.of();
  private Map<String, String> trailers = Map.of();
  private int status;
  private boolean lengthIgnored;

  StreamAccount(int streamId, int keptBytes) {
    this.streamId = streamId;
    this.body = new ReceivedBody(keptBytes);
  }

  CompletableFuture<PeerResponse> response() {
    return response;
  }

  boolean settled() {
    return response.isDone();
  }

  /**
   * RFC 9110 section 9.3.2: the content-length of an answer to HEAD counts bytes never sent;
   * section 9.3.6: that of one to CONNECT means nothing.
   */
  void ignoreContentLength() {
    lengthIgnored = true;
  }

  void headers(Map<String, String> fields, boolean endStream) {
    int code = Integer.parseInt(fields.getOrDefault(":status", "0"));
    if (code >= 200 && status == 0) {
      status = code;
      headers = fields;
    } else if (code == 0) {
      trailers = fields;
    }
    if (endStream) {
      complete();
    }
  }

  void data(ByteBuf data, boolean endStream) {
    if (settled()) {
      return;
    }
    body.add(data);
    if (endStream) {
      complete();
    }
  }

  void reset(long errorCode) {
    settle(errorCode == Http2Error.REFUSED_STREAM.code() ? Fate.REFUSED : Fate.RESET, errorCode);
  }

  /** No more frames will come, or nobody waits for them. */
  void abandon(int lastGoAway) {
    // RFC 9113 section 6.8: streams above the last-stream-id were not processed.
    settle(lastGoAway >= 0 && streamId > lastGoAway ? Fate.REFUSED : Fate.LOST, 0);
  }

  private void complete() {
    settle(lengthAgrees() ? Fate.ofStatus(status) : Fate.LOST, 0);
  }

  /** RFC 9113 section 8.1.1: a content-length other than the sum of DATA is malformed. */
  private boolean lengthAgrees() {
    String length = headers.get("content-length");
    return length == null
        || lengthIgnored
        || status == 304
        || length.equals(Long.toString(body.length()));
  }

  private void settle(Fate fate, long errorCode) {
    if (!settled()) {
      response.complete(
          new PeerResponse(
              streamId, status, body, headers, trailers, fate, errorCode, System.nanoTime()));
    }
  }
}
