package io.http2drain;

import io.http2drain.protocol.AdmissionGate;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.eclipse.jetty.http2.api.Stream;

/**
 * What a drain tells Java Flight Recorder.
 *
 * <p>A class of events brings the recorder up when it is loaded, in a tenth of a second of a stop:
 * nothing here touches one while nobody has asked for a recording.
 */
final class DrainEvents {

  private static final String CATEGORY = "HTTP/2 drain";

  private DrainEvents() {}

  static void announced(TrackedSession session) {
    if (FlightRecorder.isInitialized()) {
      SessionAnnounced event = new SessionAnnounced();
      if (event.isEnabled()) {
        event.session = session.id();
        event.remoteAddress = session.remoteAddress();
        event.streamsInFlight = session.gate().inFlight();
        event.commit();
      }
    }
  }

  static void cut(TrackedSession session, AdmissionGate.Cut cut) {
    if (FlightRecorder.isInitialized()) {
      SessionCut event = new SessionCut();
      if (event.isEnabled()) {
        event.session = session.id();
        event.lastStream = cut.lastAdmitted();
        event.streamsInFlight = cut.inFlight();
        event.commit();
      }
    }
  }

  static void closed(TrackedSession session, long leavingMillis) {
    if (FlightRecorder.isInitialized()) {
      SessionClosed event = new SessionClosed();
      if (event.isEnabled()) {
        event.session = session.id();
        event.remoteAddress = session.remoteAddress();
        event.leaving = leavingMillis;
        event.commit();
      }
    }
  }

  static void refused(TrackedSession session, Stream stream) {
    if (FlightRecorder.isInitialized()) {
      StreamRefused event = new StreamRefused();
      if (event.isEnabled()) {
        event.session = session.id();
        event.stream = stream.getId();
        event.commit();
      }
    }
  }

  static void cut(TrackedSession session, Stream stream) {
    if (FlightRecorder.isInitialized()) {
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
    }
  }

  static void finished(DrainReport account) {
    if (FlightRecorder.isInitialized()) {
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
    }
  }

  @Name("io.http2drain.SessionAnnounced")
  @Label("Session Announced")
  @Description("GOAWAY(2^31-1) was sent: the peer is asked to open no more streams")
  @Category(CATEGORY)
  @StackTrace(false)
  static final class SessionAnnounced extends Event {
    @Label("Session")
    long session;

    @Label("Remote Address")
    String remoteAddress = "";

    @Label("Streams in Flight")
    int streamsInFlight;
  }

  @Name("io.http2drain.SessionCut")
  @Label("Session Cut")
  @Description("GOAWAY with the last admitted stream was sent: later streams are refused")
  @Category(CATEGORY)
  @StackTrace(false)
  static final class SessionCut extends Event {
    @Label("Session")
    long session;

    @Label("Last Stream")
    int lastStream;

    @Label("Streams in Flight")
    int streamsInFlight;
  }

  @Name("io.http2drain.SessionClosed")
  @Label("Session Closed")
  @Category(CATEGORY)
  @StackTrace(false)
  static final class SessionClosed extends Event {
    @Label("Session")
    long session;

    @Label("Remote Address")
    String remoteAddress = "";

    @Label("Time to Leave")
    @Description("From the announcement on")
    @Timespan(Timespan.MILLISECONDS)
    long leaving;
  }

  @Name("io.http2drain.StreamRefused")
  @Label("Stream Refused")
  @Description("A stream came after the cut and was not run")
  @Category(CATEGORY)
  @StackTrace(false)
  static final class StreamRefused extends Event {
    @Label("Session")
    long session;

    @Label("Stream")
    int stream;
  }

  @Name("io.http2drain.StreamCut")
  @Label("Stream Cut")
  @Description("A stream was in flight at the deadline and was ended with CANCEL")
  @Category(CATEGORY)
  @StackTrace(false)
  static final class StreamCut extends Event {
    @Label("Session")
    long session;

    @Label("Stream")
    int stream;

    @Label("Method")
    String method = "";

    @Label("Path")
    String path = "";

    @Label("Age")
    @Timespan(Timespan.MILLISECONDS)
    long age;
  }

  @Name("io.http2drain.DrainFinished")
  @Label("Drain Finished")
  @Category(CATEGORY)
  @StackTrace(false)
  static final class DrainFinished extends Event {
    @Label("Sessions")
    int sessions;

    @Label("Streams Completed")
    long completed;

    @Label("Streams Refused")
    long refused;

    @Label("Streams Abandoned")
    long abandoned;

    @Label("Streams Cut")
    long cut;

    @Label("Undone")
    boolean undone;

    @Label("Time Taken")
    @Timespan(Timespan.MILLISECONDS)
    long elapsed;
  }
}
