package io.http2drain.protocol;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a session is in its drain. {@link #next()} is the one table of legal transitions; phases
 * only ever go forward.
 */
public enum SessionPhase {
  /** Not told anything yet: streams are served. */
  OPEN,
  /**
   * GOAWAY(2^31-1) is sent. Every stream that arrives is still served: the client may have sent it
   * before it knew (RFC 9113 section 6.8).
   */
  ANNOUNCED,
  /** GOAWAY(last admitted stream) is sent; later streams are refused, admitted ones finish. */
  CUT,
  /** Nothing left to say: our FIN, or the last words of a forced end, are on their way. */
  CLOSING,
  /** The connection is gone. */
  CLOSED;

  /** The phases that may follow this one. */
  public Set<SessionPhase> next() {
    return switch (this) {
      case OPEN -> EnumSet.of(ANNOUNCED, CLOSING, CLOSED);
      case ANNOUNCED -> EnumSet.of(CUT, CLOSING, CLOSED);
      case CUT -> EnumSet.of(CLOSING, CLOSED);
      case CLOSING -> EnumSet.of(CLOSED);
      case CLOSED -> EnumSet.noneOf(SessionPhase.class);
    };
  }

  SessionPhase to(SessionPhase target) {
    if (!next().contains(target)) {
      throw new IllegalStateException(
          "phase: " + target + " after " + this + " (expected: " + next() + ")");
    }
    return target;
  }
}
