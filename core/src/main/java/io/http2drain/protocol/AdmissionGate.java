package io.http2drain.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Decides, once and for all, which streams of a session are served.
 *
 * <p>The whole state is one {@code long}: {@code cut flag | streams in flight | last admitted
 * stream id}. Admission, completion and cut are each one compare-and-set of it, so every stream is
 * either admitted and at most the last-stream-id of the final GOAWAY, or refused and above it;
 * never both.
 *
 * <p>Every method may be called by any thread; none blocks, takes a lock or allocates, but {@link
 * #cut()}, which allocates its answer.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-6.8">RFC 9113 section 6.8</a>
 */
public final class AdmissionGate {

  /** The largest stream id, and the largest number of streams in flight: 31 bits. */
  public static final int MAX_STREAM_ID = Integer.MAX_VALUE;

  private static final int IN_FLIGHT_SHIFT = 31;
  private static final long LAST_ID_MASK = MAX_STREAM_ID;
  private static final long ONE_IN_FLIGHT = 1L << IN_FLIGHT_SHIFT;
  private static final long IN_FLIGHT_MASK = LAST_ID_MASK << IN_FLIGHT_SHIFT;
  private static final long CUT_FLAG = 1L << 62;

  private static final VarHandle STATE;
  private static final VarHandle TURNED_AWAY;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(AdmissionGate.class, "state", long.class);
      TURNED_AWAY = lookup.findVarHandle(AdmissionGate.class, "lastTurnedAway", int.class);
    } catch (ReflectiveOperationException x) {
      throw new ExceptionInInitializerError(x);
    }
  }

  @SuppressWarnings("unused") // Only ever touched through STATE.
  private volatile long state;

  private volatile int lastTurnedAway; // In bytes that the alignment of a long leaves unused.

  /**
   * The state of a gate at the moment of its cut.
   *
   * @param lastAdmitted the id of the last stream that was admitted; 0 when there was none. This is
   *     the last-stream-id of the final GOAWAY.
   * @param inFlight how many admitted streams were not complete
   */
  public record Cut(int lastAdmitted, int inFlight) {}

  /**
   * Asks for a stream to be served.
   *
   * @param streamId the id of a stream that the peer opened; ids must rise
   * @return whether the stream is admitted: it must then be served, and {@link #complete()} be
   *     called once when it has ended. Otherwise it must be refused.
   * @throws IllegalArgumentException when the id is not above the last one admitted
   */
  public boolean admit(int streamId) {
    while (true) {
      long current = state;
      if (isCut(current)) {
        return false;
      }
      if (streamId <= lastAdmitted(current)) {
        throw new IllegalArgumentException(
            "streamId: " + streamId + " (expected: > " + lastAdmitted(current) + ")");
      }
      long next = (current & IN_FLIGHT_MASK) + ONE_IN_FLIGHT + streamId;
      if (STATE.compareAndSet(this, current, next)) {
        return true;
      }
    }
  }

  /**
   * Takes note of a stream that was refused before it came to the gate.
   *
   * @param streamId the id of a stream that the peer opened
   */
  public void turnedAway(int streamId) {
    int current;
    do {
      current = lastTurnedAway;
    } while (current < streamId && !TURNED_AWAY.compareAndSet(this, current, streamId));
  }

  /**
   * Takes note that an admitted stream has ended.
   *
   * @return whether it was the last one in flight after the cut; true for exactly one call of a
   *     gate that was cut with streams in flight
   * @throws IllegalStateException when no stream is in flight
   */
  public boolean complete() {
    while (true) {
      long current = state;
      if (inFlight(current) == 0) {
        throw new IllegalStateException("streams in flight: 0 (expected: > 0)");
      }
      long next = current - ONE_IN_FLIGHT;
      if (STATE.compareAndSet(this, current, next)) {
        return isCut(next) && inFlight(next) == 0;
      }
    }
  }

  /**
   * Closes the gate: no stream is admitted from here on. A second cut changes nothing.
   *
   * @return the last admitted stream and the streams in flight
   */
  public Cut cut() {
    while (true) {
      long current = state;
      if (isCut(current) || STATE.compareAndSet(this, current, current | CUT_FLAG)) {
        return new Cut(lastAdmitted(current), inFlight(current));
      }
    }
  }

  /** Whether the gate is closed. */
  public boolean isCut() {
    return isCut(state);
  }

  /** How many admitted streams have not ended. */
  public int inFlight() {
    return inFlight(state);
  }

  /** The id of the last stream that was admitted, 0 when there was none. */
  public int lastAdmitted() {
    return lastAdmitted(state);
  }

  /** The id of the last stream that was admitted, or turned away; 0 when there was none. */
  public int lastOpened() {
    return Math.max(lastAdmitted(), lastTurnedAway);
  }

  private static boolean isCut(long state) {
    return (state & CUT_FLAG) != 0;
  }

  private static int inFlight(long state) {
    return (int) ((state & IN_FLIGHT_MASK) >>> IN_FLIGHT_SHIFT);
  }

  private static int lastAdmitted(long state) {
    return (int) (state & LAST_ID_MASK);
  }

  @Override
  public String toString() {
    long current = state;
    return (isCut(current) ? "cut" : "open")
        + ",inFlight="
        + inFlight(current)
        + ",last="
        + lastAdmitted(current);
  }
}
