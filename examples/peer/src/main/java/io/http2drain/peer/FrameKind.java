package io.http2drain.peer;

/** The kind of a {@link ReceivedFrame}: the frames of RFC 9113 section 6, and two pseudo-frames. */
public enum FrameKind {
  SETTINGS,
  SETTINGS_ACK,
  HEADERS,
  DATA,
  RST_STREAM,
  GOAWAY,
  PING,
  PING_ACK,
  WINDOW_UPDATE,
  PUSH_PROMISE,
  PRIORITY,
  UNKNOWN,
  /** The server closed its direction: TLS close_notify, or the TCP FIN, whichever came first. */
  FIN,
  /** The connection is closed in both directions, by whichever side; always the last entry. */
  CLOSED
}
