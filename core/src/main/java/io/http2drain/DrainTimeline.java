package io.http2drain;

import java.util.List;

/**
 * What happened to the sessions and streams of a drain, and when. All times are milliseconds since
 * the drain began; what has not happened yet is {@value #NOT_YET}.
 *
 * @param sessions in the order in which they were told; the first {@value #MAX_SESSIONS}
 * @param streams of these sessions, in the order in which they ended, and behind them those in
 *     flight; the first {@value #MAX_STREAMS}
 * @param complete whether nothing had to be left out
 */
public record DrainTimeline(List<Lane> sessions, List<Bar> streams, boolean complete) {

  /** How many sessions a timeline keeps. */
  public static final int MAX_SESSIONS = 200;

  /** How many streams a timeline keeps. */
  public static final int MAX_STREAMS = 1000;

  /** The time of what has not happened. */
  public static final long NOT_YET = -1;

  /** Of a server that does not drain. */
  public static final DrainTimeline EMPTY = new DrainTimeline(List.of(), List.of(), true);

  public DrainTimeline {
    sessions = List.copyOf(sessions);
    streams = List.copyOf(streams);
  }

  /** How a stream ended. */
  public enum End {
    IN_FLIGHT,
    COMPLETED,
    REFUSED,
    ABANDONED,
    CUT
  }

  /**
   * A session.
   *
   * @param session {@link SessionStatus#id()}
   * @param announced when GOAWAY(2^31-1) was sent
   * @param cut when GOAWAY with the last admitted stream was sent
   * @param fin when our FIN was sent
   * @param closed when the connection was closed
   */
  public record Lane(
      long session, String remoteAddress, long announced, long cut, long fin, long closed) {

    Lane withCut(long millis) {
      return new Lane(session, remoteAddress, announced, millis, fin, closed);
    }

    Lane withFin(long millis) {
      return new Lane(session, remoteAddress, announced, cut, millis, closed);
    }

    Lane withClosed(long millis) {
      return new Lane(session, remoteAddress, announced, cut, fin, millis);
    }
  }

  /**
   * A stream.
   *
   * @param label method and path
   * @param from when it arrived; below 0 when that was before the drain began
   * @param to when it ended, or {@value #NOT_YET}
   */
  public record Bar(long session, int stream, String label, long from, long to, End end) {}
}
