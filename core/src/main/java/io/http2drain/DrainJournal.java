package io.http2drain;

import static io.http2drain.DrainTimeline.NOT_YET;

import io.http2drain.DrainTimeline.Bar;
import io.http2drain.DrainTimeline.End;
import io.http2drain.DrainTimeline.Lane;
import io.http2drain.protocol.AdmissionGate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.AutoLock;
import org.jspecify.annotations.Nullable;

/**
 * Notes what happens in a drain while it happens: for its timeline, which is bounded, and for Java
 * Flight Recorder.
 *
 * <p>For any thread. The lock guards the notes alone. What goes wrong in here, memory that is out
 * for instance, costs a note and nothing else.
 */
final class DrainJournal {

  private final long begin;
  private final AutoLock lock = new AutoLock();
  private final Map<Long, Lane> lanes = new LinkedHashMap<>();
  private final List<EndedStream> ended = new ArrayList<>();
  private boolean complete = true;
  private boolean released;

  /**
   * @param begin of the drain, as {@link NanoTime#now()}
   */
  DrainJournal(long begin) {
    this.begin = begin;
  }

  void announced(TrackedSession session) {
    note(
        () -> {
          DrainEvents.announced(session);
          try (AutoLock ignored = lock.lock()) {
            if (lanes.size() < DrainTimeline.MAX_SESSIONS) {
              String remote = session.remoteAddress();
              lanes.put(
                  session.id(), new Lane(session.id(), remote, now(), NOT_YET, NOT_YET, NOT_YET));
            } else {
              complete = false;
            }
          }
        });
  }

  void cut(TrackedSession session, AdmissionGate.Cut cut) {
    note(
        () -> {
          DrainEvents.cut(session, cut);
          mark(session, lane -> lane.withCut(now()));
        });
  }

  void finSent(TrackedSession session) {
    note(() -> mark(session, lane -> lane.withFin(now())));
  }

  /**
   * @param leavingMillis since the session was told
   */
  void closed(TrackedSession session, long leavingMillis) {
    note(
        () -> {
          mark(session, lane -> lane.withClosed(now()));
          DrainEvents.closed(session, leavingMillis);
        });
  }

  void refused(TrackedSession session, Stream stream) {
    note(
        () -> {
          DrainEvents.refused(session, stream);
          add(session, stream, End.REFUSED);
        });
  }

  /** A stream was cut. */
  void cut(TrackedSession session, Stream stream) {
    note(
        () -> {
          DrainEvents.cut(session, stream);
          add(session, stream, End.CUT);
        });
  }

  /** A stream has ended. */
  void ended(TrackedSession session, Stream stream, End end) {
    note(() -> add(session, stream, end));
  }

  private void add(TrackedSession session, Stream stream, End end) {
    EndedStream last = new EndedStream(session.id(), stream, end, now());
    boolean late;
    try (AutoLock ignored = lock.lock()) {
      if (ended.size() == DrainTimeline.MAX_STREAMS || !lanes.containsKey(session.id())) {
        complete = false;
        return;
      }
      ended.add(last);
      late = released;
    }
    if (late) {
      last.bar();
    }
  }

  /**
   * Lets go of the streams that have ended, and of those that still will: what is known of them is
   * kept as text. Takes its time; for a thread that has it.
   */
  void releaseStreams() {
    try (AutoLock ignored = lock.lock()) {
      released = true;
    }
    note(() -> timeline(List.of()));
  }

  /**
   * A stream that has ended. It is described when somebody asks: to read its text takes longer than
   * to answer a short request.
   */
  private final class EndedStream {

    private final long session;
    private final End end;
    private final long at;
    private @Nullable Stream stream;
    private @Nullable Bar bar;

    private EndedStream(long session, Stream stream, End end, long at) {
      this.session = session;
      this.stream = stream;
      this.end = end;
      this.at = at;
    }

    private synchronized Bar bar() {
      Bar described = bar;
      if (described == null) {
        described = describe(session, Objects.requireNonNull(stream), at, end);
        bar = described;
        stream = null;
      }
      return described;
    }
  }

  void finished(DrainReport account) {
    note(() -> DrainEvents.finished(account));
  }

  /**
   * @param present sessions that are leaving; their streams are in flight
   */
  DrainTimeline timeline(Iterable<TrackedSession> present) {
    List<Lane> sessions;
    List<EndedStream> past;
    boolean whole;
    try (AutoLock ignored = lock.lock()) {
      sessions = List.copyOf(lanes.values());
      past = List.copyOf(ended);
      whole = complete;
    }
    List<Bar> streams = new ArrayList<>();
    past.forEach(stream -> streams.add(stream.bar())); // Outside the lock: it reads a text.
    for (TrackedSession session : present) {
      for (Stream stream : session.streams()) {
        if (streams.size() >= DrainTimeline.MAX_STREAMS) {
          return new DrainTimeline(sessions, streams, false);
        }
        streams.add(describe(session.id(), stream, NOT_YET, End.IN_FLIGHT));
      }
    }
    return new DrainTimeline(sessions, streams, whole);
  }

  private void mark(TrackedSession session, UnaryOperator<Lane> mark) {
    try (AutoLock ignored = lock.lock()) {
      lanes.computeIfPresent(session.id(), (id, lane) -> mark.apply(lane));
    }
  }

  private Bar describe(long session, Stream stream, long at, End end) {
    long asked = now(); // First: a later age only makes it begin earlier.
    StreamDescription description = StreamDescription.of(stream);
    long from = asked - description.ageMillis();
    if (at != NOT_YET) {
      from = Math.min(from, at); // Milliseconds are cut off, and some ages are not known.
    }
    return new Bar(session, stream.getId(), description.label(), from, at, end);
  }

  private static void note(Runnable what) {
    try {
      what.run();
    } catch (Throwable x) {
      DrainLog.debug("Could not note", x);
    }
  }

  private long now() {
    return NanoTime.millisSince(begin);
  }
}
