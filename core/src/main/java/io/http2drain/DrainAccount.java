package io.http2drain;

import io.http2drain.DrainTimeline.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.AutoLock;

/**
 * What became of the streams of a drain. Kept by its sessions, on whatever thread a stream ends;
 * nothing blocks, and nothing throws.
 */
final class DrainAccount {

  private final long begin;
  private final DrainJournal journal;
  private final LongAdder completed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder abandoned = new LongAdder();
  private final LongAdder cut = new LongAdder();

  private final AutoLock lock = new AutoLock(); // Guards the list alone.
  private final List<String> cutStreams = new ArrayList<>();

  /**
   * @param begin of the drain, as {@link NanoTime#now()}
   */
  DrainAccount(long begin) {
    this.begin = begin;
    this.journal = new DrainJournal(begin);
  }

  DrainJournal journal() {
    return journal;
  }

  void completed(TrackedSession session, Stream stream) {
    completed.increment();
    journal.ended(session, stream, End.COMPLETED);
  }

  void refused(TrackedSession session, Stream stream) {
    refused.increment();
    journal.refused(session, stream);
  }

  void abandoned(TrackedSession session, Stream stream) {
    abandoned.increment();
    journal.ended(session, stream, End.ABANDONED);
  }

  void cut(TrackedSession session, Collection<Stream> streams) {
    cut.add(streams.size());
    for (Stream stream : streams) {
      journal.cut(session, stream);
      try (AutoLock ignored = lock.lock()) {
        if (cutStreams.size() < DrainReport.MAX_CUT_STREAMS) {
          cutStreams.add(StreamDescription.of(stream).toString());
        }
      }
    }
  }

  /** The account so far. */
  DrainReport report(int sessions, boolean undone) {
    List<String> named;
    try (AutoLock ignored = lock.lock()) {
      named = List.copyOf(cutStreams);
    }
    return new DrainReport(
        sessions,
        completed.sum(),
        refused.sum(),
        abandoned.sum(),
        cut.sum(),
        named,
        Duration.ofNanos(NanoTime.since(begin)),
        undone);
  }
}
