package io.http2drain;

import java.util.LinkedHashSet;
import java.util.Set;

/** Adds up the accounts of all runs: of those that are over, and of those that are not. */
final class DrainTally {

  private final Set<DrainRun> running = new LinkedHashSet<>();
  private DrainTotals over = DrainTotals.NONE;

  void count(DrainRun run) {
    synchronized (this) {
      running.add(run);
    }
    var unused = run.done().handle((account, failure) -> ended(run));
  }

  private synchronized boolean ended(DrainRun run) {
    over = over.plus(run.report());
    return running.remove(run);
  }

  synchronized DrainTotals totals() {
    DrainTotals sum = over;
    for (DrainRun run : running) {
      sum = sum.plus(run.report());
    }
    return sum;
  }
}
