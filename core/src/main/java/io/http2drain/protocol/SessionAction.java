package io.http2drain.protocol;

/** What the owner of a session has to do next; the answers of {@link SessionProtocol}. */
public enum SessionAction {
  /**
   * Send GOAWAY with last-stream-id 2^31-1 and NO_ERROR, and call {@link
   * SessionProtocol#announcementWritten} once it is on the wire.
   */
  ANNOUNCE,
  /** Send a PING with {@link SessionProtocol#pingPayload()}. */
  PING,
  /**
   * Cut the {@link AdmissionGate}, send GOAWAY with the last admitted stream and NO_ERROR, and call
   * {@link SessionProtocol#goAwayWritten} once it is on the wire. When the cut found no stream in
   * flight, call {@link SessionProtocol#streamsDone}.
   */
  CUT,
  /**
   * Send GOAWAY with the last admitted stream and ENHANCE_YOUR_CALM, and call {@link
   * SessionProtocol#goAwayWritten} once it is on the wire.
   */
  CALM,
  /** Close our half of the connection; read and discard until the peer closes its own. */
  HALF_CLOSE,
  /**
   * Cut the {@link AdmissionGate}, send RST_STREAM(CANCEL) for each stream in flight and a last
   * GOAWAY, and call {@link SessionProtocol#lastWordsWritten} once these are on the wire.
   */
  CANCEL,
  /** Close the connection, both halves, now. */
  DISCONNECT
}
