package io.http2drain;

import java.time.Duration;
import java.util.List;

/**
 * What became of every HTTP/2 session and stream in a drain.
 *
 * @param sessions how many sessions were drained
 * @param completed streams that were in flight when the drain began, or were admitted since, and
 *     ended the ordinary way: answered in full, or reset by the client
 * @param refused streams that came after the cut and were told REFUSED_STREAM, or whose connection
 *     was already half closed; none of them was run
 * @param abandoned streams whose client closed or lost the connection before the answer was
 *     complete
 * @param cut streams that were still in flight at the deadline and were ended with CANCEL
 * @param cutStreams the first {@value #MAX_CUT_STREAMS} of those, each with its request line and
 *     age
 * @param elapsed from the stop call to the close of the last session, or to the undo
 * @param undone whether the drain was undone before its end; what had been told to leave by then
 *     leaves in its own time, and is not counted here
 */
public record DrainReport(
    int sessions,
    long completed,
    long refused,
    long abandoned,
    long cut,
    List<String> cutStreams,
    Duration elapsed,
    boolean undone) {

  /** How many cut streams a report names. */
  public static final int MAX_CUT_STREAMS = 20;

  public DrainReport {
    cutStreams = List.copyOf(cutStreams);
  }

  /** As JSON, with these names, and {@code elapsedMillis}. */
  public String toJson() {
    return DrainJson.of(this);
  }

  /** One line, as it is logged at the end of a drain. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(128);
    line.append(undone ? "Undid the drain of " : "Drained ").append(sessions);
    line.append(undone ? " HTTP/2 sessions after " : " HTTP/2 sessions in ");
    line.append(elapsed.toMillis()).append(" ms: streams completed=").append(completed);
    line.append(" refused=").append(refused);
    line.append(" abandoned=").append(abandoned);
    line.append(" cut=").append(cut);
    if (cut > 0) {
      line.append(' ').append(cutStreams);
      if (cut > cutStreams.size()) {
        line.append(" and ").append(cut - cutStreams.size()).append(" more");
      }
    }
    return line.toString();
  }
}
