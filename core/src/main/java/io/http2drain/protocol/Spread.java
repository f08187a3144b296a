package io.http2drain.protocol;

/**
 * When each of a number of sessions is told to leave: evenly over a time, the first one at once.
 * All times are milliseconds since the drain began.
 *
 * @param sessions how many are to be told
 * @param millis over how long
 */
public record Spread(int sessions, long millis) {

  /** How many must have been told by now. */
  public int due(long elapsed) {
    if (elapsed >= millis) {
      return sessions;
    }
    return (int) Math.min(sessions, Math.max(0, elapsed) * sessions / millis + 1);
  }

  /** When one more is due than have been told. */
  public long next(int told) {
    // The first millisecond at which due() is above told.
    return (told * millis + sessions - 1) / sessions;
  }
}
