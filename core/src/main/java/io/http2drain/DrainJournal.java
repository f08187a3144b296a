package io.http2drain;

import static io.http2drain.DrainTimeline.NOT_YET;

import io.http2drain.DrainEvents.DrainFinished;
import io.http2drain.DrainEvents.SessionAnnounced;
import io.http2drain.DrainEvents.SessionClosed;
import io.http2drain.DrainEvents.SessionCut;
import io.http2drain.DrainEvents.StreamCut;
import io.http2drain.DrainEvents.StreamRefused;
import io.http2drain.DrainTimeline.Bar;
import io.http2drain.DrainTimeline.End;
import io.http2drain.DrainTimeline.Lane;
import io.http2drain.protocol.AdmissionGate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.AutoLock;

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
  private final List<Bar> bars = new ArrayList<>();
  private boolean complete = true;

  /**
   * @param begin of the drain, as {@link NanoTime#now()}
   */
  DrainJournal(long begin) {
    this.begin = begin;
  }

  void announced(TrackedSession session) {
    note(
        () -> {
          SessionAnnounced event = new SessionAnnounced();
          if (event.isEnabled()) {
            event.session = session.id();
            event.remoteAddress = session.remoteAddress();
            event.streamsInFlight = session.gate().inFlight();
            event.commit();
          }
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
          SessionCut event = new SessionCut();
          if (event.isEnabled()) {
            event.session = session.id();
            event.lastStream = cut.lastAdmitted();
            event.streamsInFlight = cut.inFlight();
            event.commit();
          }
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
          SessionClosed event = new SessionClosed();
          if (event.isEnabled()) {
            event.session = session.id();
            event.remoteAddress = session.remoteAddress();
            event.leaving = leavingMillis;
            event.commit();
          }
        });
  }

  void refused(TrackedSession session, Stream stream) {
    note(
        () -> {
          StreamRefused event = new StreamRefused();
          if (event.isEnabled()) {
            event.session = session.id();
            event.stream = stream.getId();
            event.commit();
          }
          add(session, stream, End.REFUSED);
        });
  }

  /** A stream was cut. */
  void cut(TrackedSession session, Stream stream) {
    note(
        () -> {
          StreamCut event = new StreamCut();
          if (event.isEnabled()) {
            StreamDescription description = StreamDescription.of(stream);
            event.session = session.id();
            event.stream = stream.getId();
            event.method = description.method();
            event.path = description.path();
            event.age = description.ageMillis();
            event.commit();
          }
          add(session, stream, End.CUT);
        });
  }

  /** A stream has ended. */
  void ended(TrackedSession session, Stream stream, End end) {
    note(() -> add(session, stream, end));
  }

  private void add(TrackedSession session, Stream stream, End end) {
    try (AutoLock ignored = lock.lock()) {
      if (bars.size() == DrainTimeline.MAX_STREAMS || !lanes.containsKey(session.id())) {
        complete = false;
        return;
      }
    }
    Bar bar = bar(session.id(), stream, end); // Outside the lock: it reads a text.
    try (AutoLock ignored = lock.lock()) {
      bars.add(bar);
    }
  }

  void finished(DrainReport account) {
    note(
        () -> {
          DrainFinished event = new DrainFinished();
          if (event.isEnabled()) {
            event.sessions = account.sessions();
            event.completed = account.completed();
            event.refused = account.refused();
            event.abandoned = account.abandoned();
            event.cut = account.cut();
            event.undone = account.undone();
            event.elapsed = account.elapsed().toMillis();
            event.commit();
          }
        });
  }

  /**
   * @param present sessions that are leaving; their streams are in flight
   */
  DrainTimeline timeline(Iterable<TrackedSession> present) {
    List<Lane> sessions;
    List<Bar> streams;
    boolean whole;
    try (AutoLock ignored = lock.lock()) {
      sessions = List.copyOf(lanes.values());
      streams = new ArrayList<>(bars);
      whole = complete;
    }
    for (TrackedSession session : present) {
      for (Stream stream : session.streams()) {
        if (streams.size() >= DrainTimeline.MAX_STREAMS) {
          return new DrainTimeline(sessions, streams, false);
        }
        streams.add(bar(session.id(), stream, End.IN_FLIGHT));
      }
    }
    return new DrainTimeline(sessions, streams, whole);
  }

  private void mark(TrackedSession session, UnaryOperator<Lane> mark) {
    try (AutoLock ignored = lock.lock()) {
      lanes.computeIfPresent(session.id(), (id, lane) -> mark.apply(lane));
    }
  }

  private Bar bar(long session, Stream stream, End end) {
    StreamDescription description = StreamDescription.of(stream);
    long now = now();
    return new Bar(
        session,
        stream.getId(),
        description.label(),
        now - description.ageMillis(),
        end == End.IN_FLIGHT ? NOT_YET : now,
        end);
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
