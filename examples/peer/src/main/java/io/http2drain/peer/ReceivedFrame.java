package io.http2drain.peer;

import io.netty.handler.codec.http2.Http2Error;
import java.util.Map;

/**
 * One frame as it arrived, or one of the pseudo-frames {@link FrameKind#FIN} and {@link
 * FrameKind#CLOSED}.
 *
 * @param kind the frame's type
 * @param streamId the stream, 0 for the connection; of PUSH_PROMISE the promised stream
 * @param endStream whether END_STREAM was set
 * @param errorCode the code of RST_STREAM and GOAWAY, else 0
 * @param lastStreamId the last-stream-id of GOAWAY, else -1
 * @param payload the 8 bytes of PING, the increment of WINDOW_UPDATE, the type of UNKNOWN, else 0
 * @param length the bytes of DATA, without padding, else 0
 * @param headers the fields of HEADERS, the parameters of SETTINGS, else empty
 * @param debugData the debug data of GOAWAY; of FIN {@code close_notify} or {@code tcp}; of CLOSED
 *     the error that closed the connection; else empty
 * @param nanoTime {@link System#nanoTime()} of the arrival
 */
public record ReceivedFrame(
    FrameKind kind,
    int streamId,
    boolean endStream,
    long errorCode,
    int lastStreamId,
    long payload,
    int length,
    Map<String, String> headers,
    String debugData,
    long nanoTime) {

  static ReceivedFrame plain(FrameKind kind, int streamId) {
    return frame(kind, streamId, false, 0, -1, 0, 0, Map.of(), "");
  }

  static ReceivedFrame headers(int streamId, Map<String, String> fields, boolean endStream) {
    return frame(FrameKind.HEADERS, streamId, endStream, 0, -1, 0, 0, fields, "");
  }

  static ReceivedFrame pushPromise(int promised, Map<String, String> fields) {
    return frame(FrameKind.PUSH_PROMISE, promised, false, 0, -1, 0, 0, fields, "");
  }

  static ReceivedFrame settings(Map<String, String> parameters) {
    return frame(FrameKind.SETTINGS, 0, false, 0, -1, 0, 0, parameters, "");
  }

  static ReceivedFrame data(int streamId, int length, boolean endStream) {
    return frame(FrameKind.DATA, streamId, endStream, 0, -1, 0, length, Map.of(), "");
  }

  static ReceivedFrame reset(int streamId, long errorCode) {
    return frame(FrameKind.RST_STREAM, streamId, false, errorCode, -1, 0, 0, Map.of(), "");
  }

  static ReceivedFrame goAway(int lastStreamId, long errorCode, String debugData) {
    return frame(FrameKind.GOAWAY, 0, false, errorCode, lastStreamId, 0, 0, Map.of(), debugData);
  }

  static ReceivedFrame number(FrameKind kind, int streamId, long payload) {
    return frame(kind, streamId, false, 0, -1, payload, 0, Map.of(), "");
  }

  static ReceivedFrame ending(FrameKind kind, String cause) {
    return frame(kind, 0, false, 0, -1, 0, 0, Map.of(), cause);
  }

  private static ReceivedFrame frame(
      FrameKind kind,
      int streamId,
      boolean endStream,
      long errorCode,
      int lastStreamId,
      long payload,
      int length,
      Map<String, String> headers,
      String debugData) {
    long now = System.nanoTime();
    return new ReceivedFrame(
        kind,
        streamId,
        endStream,
        errorCode,
        lastStreamId,
        payload,
        length,
        headers,
        debugData,
        now);
  }

  /** The status of a response's HEADERS, 0 for everything else. */
  public int status() {
    return Integer.parseInt(headers.getOrDefault(":status", "0"));
  }

  /** Compact, for example {@code GOAWAY(last=2147483647,NO_ERROR)} or {@code DATA(3,120,end)}. */
  @Override
  public String toString() {
    String end = endStream ? ",end" : "";
    return switch (kind) {
      case SETTINGS -> "SETTINGS" + headers;
      case SETTINGS_ACK -> "SETTINGS_ACK";
      case HEADERS -> {
        String what = headers.containsKey(":status") ? ",status=" + status() : ",trailers";
        yield "HEADERS(" + streamId + what + end + ")";
      }
      case DATA -> "DATA(" + streamId + "," + length + end + ")";
      case RST_STREAM -> "RST_STREAM(" + streamId + "," + errorName(errorCode) + ")";
      case GOAWAY -> {
        String debug = debugData.isEmpty() ? "" : "," + debugData;
        yield "GOAWAY(last=" + lastStreamId + "," + errorName(errorCode) + debug + ")";
      }
      case PING, PING_ACK -> kind + "(" + payload + ")";
      case WINDOW_UPDATE -> "WINDOW_UPDATE(" + streamId + ",+" + payload + ")";
      case PUSH_PROMISE, PRIORITY -> kind + "(" + streamId + ")";
      case UNKNOWN -> "UNKNOWN(type=" + payload + "," + streamId + ")";
      case FIN, CLOSED -> debugData.isEmpty() ? kind.name() : kind + "(" + debugData + ")";
    };
  }

  static String errorName(long code) {
    Http2Error error = Http2Error.valueOf(code);
    return error == null ? "0x" + Long.toHexString(code) : error.name();
  }
}
