package io.http2drain.peer;

/** What became of one request, as its client can tell. Every stream gets exactly one. */
public enum Fate {
  /** A complete answer with a status below 400. */
  OK,
  /** A complete answer with a 4xx status. */
  CLIENT_ERROR,
  /** A complete answer with a status of 500 or above. */
  SERVER_ERROR,
  /**
   * The server said that it did not process the request, which may be retried (RFC 9113 section
   * 8.7): RST_STREAM(REFUSED_STREAM), or the connection ended and the stream was above the
   * last-stream-id of the latest GOAWAY.
   */
  REFUSED,
  /** Any other RST_STREAM before the answer was complete. */
  RESET,
  /**
   * No complete answer, and no word that the request was not processed: the connection ended, the
   * client gave up waiting, or the answer was malformed (no status, or fewer or more bytes than its
   * content-length).
   */
  LOST;

  static Fate ofStatus(int status) {
    if (status < 200) {
      return LOST;
    }
    return status >= 500 ? SERVER_ERROR : status >= 400 ? CLIENT_ERROR : OK;
  }
}
