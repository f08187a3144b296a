package io.http2drain.protocol;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * A session, its peer and the two directions between them, small enough to walk every order of
 * events.
 *
 * <p>The server side queues frames as Jetty's flusher does: in order, but a PING goes to the front.
 * So does the peer with its acknowledgements: ahead of HEADERS that it queued and has not written.
 * The peer obeys: once it has read a GOAWAY it opens no stream.
 */
final class SessionModel {

  /** What can happen next. */
  enum Event {
    CLIENT_OPENS_STREAM,
    CLIENT_WRITES,
    SERVER_READS,
    SERVER_WRITES,
    WRITE_COMPLETES,
    CLIENT_READS,
    STREAM_ENDS,
    DRAIN,
    TIMER,
    DEADLINE,
    CLIENT_CLOSES,
    CLIENT_FLOODS,
    CONNECTION_LOST
  }

  /**
   * Jetty's flusher writes the next batch only when the callbacks of the one before are through.
   */
  private static final int MAX_UNREPORTED = 1;

  final List<String> wire = new ArrayList<>();
  final Set<Integer> admitted = new TreeSet<>();
  final Set<Integer> refused = new TreeSet<>();
  final SessionProtocol protocol = new SessionProtocol(new SessionTimes(2000, 1000, 200));
  final AdmissionGate gate = new AdmissionGate();
  boolean drained;
  boolean hurried; // A time-out, the deadline or a lost connection came in between.

  private final Deque<String> clientQueue = new ArrayDeque<>(List.of("PREFACE"));
  private final Deque<String> toServer = new ArrayDeque<>();
  private final Deque<String> serverQueue = new ArrayDeque<>();
  private final Deque<String> toClient = new ArrayDeque<>();
  private final Deque<String> written = new ArrayDeque<>(); // Its callback is still to come.
  private final int maxStreams;
  private final boolean timers;
  private int opened;
  private int ended;
  private boolean goAwayRead;
  private boolean finRead;
  private boolean deadlinePassed;
  private boolean connected = true;
  private long now;

  /**
   * @param maxStreams how many streams the peer opens at most
   * @param timers whether times may run out, the connection may break and the peer may flood
   */
  SessionModel(int maxStreams, boolean timers) {
    this.maxStreams = maxStreams;
    this.timers = timers;
  }

  List<Event> enabled() {
    List<Event> events = new ArrayList<>();
    for (Event event : Event.values()) {
      if (isEnabled(event)) {
        events.add(event);
      }
    }
    return events;
  }

  private boolean isEnabled(Event event) {
    if (!connected) {
      return event == Event.DRAIN && !drained;
    }
    return switch (event) {
      case CLIENT_OPENS_STREAM -> opened < maxStreams && !goAwayRead && !finRead;
      case CLIENT_WRITES -> !clientQueue.isEmpty();
      case SERVER_READS -> !toServer.isEmpty();
      case SERVER_WRITES -> !serverQueue.isEmpty() && written.size() < MAX_UNREPORTED;
      case WRITE_COMPLETES -> !written.isEmpty();
      case CLIENT_READS -> !toClient.isEmpty();
      case STREAM_ENDS -> ended < admitted.size();
      case DRAIN -> !drained;
      case TIMER -> timers && protocol.expiresAt() != SessionProtocol.NEVER;
      case DEADLINE -> timers && drained && !deadlinePassed;
      case CLIENT_CLOSES -> finRead;
      case CLIENT_FLOODS -> timers && drained && !protocol.isFlooded();
      case CONNECTION_LOST -> timers;
    };
  }

  void step(Event event) {
    switch (event) {
      case CLIENT_OPENS_STREAM -> openStream();
      case CLIENT_WRITES -> {
        toServer.addAll(clientQueue);
        clientQueue.clear();
      }
      case SERVER_READS -> serverReads(toServer.removeFirst());
      case SERVER_WRITES -> serverWrites(serverQueue.removeFirst());
      case WRITE_COMPLETES -> writeCompletes(written.removeFirst());
      case CLIENT_READS -> clientReads(toClient.removeFirst());
      case STREAM_ENDS -> {
        ended++;
        if (gate.complete()) {
          perform(protocol.streamsDone(true, now));
        }
      }
      case DRAIN -> {
        drained = true;
        perform(protocol.drain(now));
      }
      case TIMER -> {
        hurried = true;
        now += Math.max(0, protocol.expiresAt() - now);
        perform(protocol.timer(now));
      }
      case DEADLINE -> {
        hurried = true;
        deadlinePassed = true;
        perform(protocol.deadline(now));
      }
      case CLIENT_CLOSES -> perform(protocol.peerClosed());
      case CLIENT_FLOODS -> perform(protocol.flooded());
      case CONNECTION_LOST -> {
        hurried = true;
        disconnect();
      }
    }
  }

  /** The peer opens a stream, whatever it has read. */
  void openStream() {
    clientQueue.addLast("HEADERS " + (2 * opened++ + 1));
  }

  /** Whether the server has no stream in flight and nothing left to write. */
  boolean isQuiet() {
    return serverQueue.isEmpty() && gate.inFlight() == 0;
  }

  /** The peer acknowledges a PING, whether it got it or not. */
  void acknowledge(long payload) {
    clientQueue.addFirst("ACK " + payload);
  }

  /** An event in between, that a real session may see as well. */
  void tell(BiFunction<SessionProtocol, Long, List<SessionAction>> event) {
    perform(event.apply(protocol, now));
  }

  void passTime(long nanos) {
    now += nanos;
  }

  private void serverReads(String frame) {
    if (frame.equals("PREFACE")) {
      serverQueue.addLast("SETTINGS");
      perform(protocol.settingsSent(now));
    } else if (frame.startsWith("ACK ")) {
      perform(protocol.pingAcked(number(frame), now));
    } else {
      int streamId = (int) number(frame);
      if (gate.admit(streamId)) {
        admitted.add(streamId);
      } else {
        refused.add(streamId);
        if (protocol.refuse()) {
          serverQueue.addLast("REFUSED " + streamId);
        }
      }
    }
  }

  private void serverWrites(String frame) {
    if (!wire.contains("FIN")) { // What is written after it is discarded.
      wire.add(frame);
      toClient.addLast(frame);
    }
    written.addLast(frame);
  }

  private void writeCompletes(String frame) {
    if (frame.equals("GOAWAY 2147483647")) {
      perform(protocol.announcementWritten(now));
    } else if (frame.startsWith("GOAWAY") || frame.startsWith("CALM-GOAWAY")) {
      perform(protocol.goAwayWritten(now));
    } else if (frame.startsWith("PING")) {
      perform(protocol.pingWritten());
    } else if (frame.startsWith("REFUSED")) {
      perform(protocol.refusalWritten(now));
    } else if (frame.startsWith("LAST-GOAWAY")) {
      perform(protocol.lastWordsWritten());
    }
  }

  private void clientReads(String frame) {
    if (frame.startsWith("GOAWAY")) {
      goAwayRead = true;
    } else if (frame.startsWith("PING ")) {
      clientQueue.addFirst("ACK " + number(frame));
    } else if (frame.equals("FIN")) {
      finRead = true;
    }
  }

  private void perform(List<SessionAction> actions) {
    for (SessionAction action : actions) {
      switch (action) {
        case ANNOUNCE -> serverQueue.addLast("GOAWAY 2147483647");
        case PING -> serverQueue.addFirst("PING " + protocol.pingPayload());
        case CUT -> {
          AdmissionGate.Cut cut = gate.cut();
          serverQueue.addLast("GOAWAY " + cut.lastAdmitted());
          if (cut.inFlight() == 0) {
            perform(protocol.streamsDone(ended > 0, now));
          }
        }
        case CALM -> serverQueue.addLast("CALM-GOAWAY " + gate.lastAdmitted());
        case HALF_CLOSE -> {
          wire.add("FIN");
          toClient.addLast("FIN");
        }
        case CANCEL -> {
          AdmissionGate.Cut cut = gate.cut();
          admitted.stream().skip(ended).forEach(id -> serverQueue.addLast("CANCEL " + id));
          serverQueue.addLast("LAST-GOAWAY " + cut.lastAdmitted());
        }
        case DISCONNECT -> disconnect();
      }
    }
  }

  private void disconnect() {
    connected = false;
    gate.cut(); // Nothing arrives on a connection that is gone.
    perform(protocol.disconnected());
  }

  private static long number(String frame) {
    return Long.parseLong(frame.substring(frame.lastIndexOf(' ') + 1));
  }

  /** Two models with the same state go on alike. */
  String state() {
    StringBuilder state = new StringBuilder();
    state.append(clientQueue).append(toServer).append(serverQueue).append(toClient).append(written);
    state.append(gate).append(opened).append(ended).append(goAwayRead).append(finRead);
    state.append(admitted).append(refused).append(drained).append(hurried).append(deadlinePassed);
    state.append(connected);
    // What was written before counts for the invariants: the last GOAWAY, and whether SETTINGS was
    // first.
    state.append(wire.stream().filter(frame -> frame.contains("GOAWAY")).toList());
    state.append(wire.isEmpty() ? "" : wire.get(0));
    try {
      for (Field field : SessionProtocol.class.getDeclaredFields()) {
        boolean time = field.getType() == long.class; // Only whether it is set, and passed.
        if (!Modifier.isStatic(field.getModifiers()) && !field.getName().equals("times")) {
          field.setAccessible(true);
          Object value = field.get(protocol);
          state.append(' ').append(time ? Long.signum((Long) value - now) : value);
        }
      }
    } catch (ReflectiveOperationException x) {
      throw new LinkageError(x.getMessage(), x);
    }
    return state.toString();
  }

  @Override
  public String toString() {
    return "wire=" + wire + " admitted=" + admitted + " refused=" + refused + " " + protocol;
  }
}
