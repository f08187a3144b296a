package io.http2drain;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * What a drain tells Java Flight Recorder. Nothing is recorded, and next to nothing is spent, while
 * no recording runs.
 */
final class DrainEvents {

  private static final String CATEGORY = "HTTP/2 drain";

  private DrainEvents() {}

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
