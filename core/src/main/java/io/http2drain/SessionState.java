package io.http2drain;

/** Where an HTTP/2 session is on its way out. */
public enum SessionState {
  /** It was not told anything: it is served, and may be waiting for its turn to be told. */
  OPEN,
  /** It was told to open no more streams; what it sent before it knew is served. */
  ANNOUNCED,
  /** It was told its last stream; later ones are refused, and those in flight finish. */
  CUT,
  /** Nothing is in flight any more, and it is being closed. */
  CLOSING
}
