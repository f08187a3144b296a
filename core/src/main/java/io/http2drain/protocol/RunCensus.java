package io.http2drain.protocol;

/**
 * Who takes part in a drain of several sessions, and whether it is over: when no session is left,
 * and nothing that could yet become one.
 *
 * <p>A run begins held open. Who finds that nothing may join any more lets go of it: {@link
 * #release}, which does nothing when somebody took hold of it while he looked. The end is told to
 * exactly one caller, by the answer true.
 *
 * <p>Every method may be called by any thread. The lock is held for the counting alone.
 */
public final class RunCensus {

  private int joined;
  private int admitting;
  private int present;
  private int holds;
  private boolean held = true;
  private boolean over;

  /**
   * Holds the run open: sessions may yet join.
   *
   * @return false when the run is over, and stays so
   */
  public synchronized boolean hold() {
    if (over) {
      return false;
    }
    holds++;
    held = true;
    return true;
  }

  /** How often the run was taken hold of; to be asked before one looks for what may join. */
  public synchronized int holds() {
    return holds;
  }

  /**
   * Nothing may join any more but what is there.
   *
   * @param seen what {@link #holds()} was before that was found
   * @return whether that is the end
   */
  public synchronized boolean release(int seen) {
    held &= seen != holds;
    return ends();
  }

  /** A session takes part, and admits streams. */
  public synchronized void join() {
    joined++;
    admitting++;
    present++;
  }

  /**
   * A session admits no more streams.
   *
   * @return whether none does
   */
  public synchronized boolean admissionEnded() {
    require(admitting > 0, "admitting", admitting);
    return --admitting == 0;
  }

  /**
   * A session is closed.
   *
   * @return whether that is the end
   */
  public synchronized boolean leave() {
    require(present > 0, "present", present);
    present--;
    return ends();
  }

  /**
   * Ends the run, whoever is there.
   *
   * @return false when it was over before
   */
  public synchronized boolean end() {
    boolean first = !over;
    over = true;
    return first;
  }

  /** How many sessions have taken part. */
  public synchronized int joined() {
    return joined;
  }

  public synchronized boolean isOver() {
    return over;
  }

  private boolean ends() {
    return !held && present == 0 && end();
  }

  private static void require(boolean legal, String name, int value) {
    if (!legal) {
      throw new IllegalStateException(name + ": " + value + " (expected: > 0)");
    }
  }
}
