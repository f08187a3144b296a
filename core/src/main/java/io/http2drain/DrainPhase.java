package io.http2drain;

/** Where a server, or a connector of it, is between serving and having left. */
public enum DrainPhase {
  /** Nothing is asked to leave. */
  SERVING,
  /**
   * Readiness is down, but the listeners are open and everything is served; sessions that open are
   * not told to leave before the quiet period ends.
   */
  QUIET,
  /** Every session is told to leave, at once or in its turn; what is in flight finishes. */
  DRAINING,
  /**
   * A drain on demand is over: no session was left. One that opens now is told to leave at once.
   */
  DRAINED
}
