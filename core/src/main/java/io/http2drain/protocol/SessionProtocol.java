package io.http2drain.protocol;

import static io.http2drain.protocol.SessionAction.ANNOUNCE;
import static io.http2drain.protocol.SessionAction.CALM;
import static io.http2drain.protocol.SessionAction.CANCEL;
import static io.http2drain.protocol.SessionAction.CUT;
import static io.http2drain.protocol.SessionAction.DISCONNECT;
import static io.http2drain.protocol.SessionAction.HALF_CLOSE;
import static io.http2drain.protocol.SessionAction.PING;

import java.util.List;

/**
 * The drain of one session: events in, actions out.
 *
 * <pre>
 * OPEN --drain--> ANNOUNCED --ack, ack--> CUT --no stream left--> CLOSING --peer FIN or linger--> CLOSED
 *                 GOAWAY(2^31-1)          GOAWAY(last admitted)   FIN (half close)
 *                 then PING, then PING    later streams refused
 * </pre>
 *
 * <p>Each method is one event and returns what has to be done about it, in that order; mostly
 * nothing. Events may come in any order and more than once: what means nothing in the present phase
 * is ignored. Times are {@link System#nanoTime()} values, handed in by the caller.
 *
 * <p>Not thread-safe: the caller serialises the events, and performs the actions outside its lock
 * but in the order in which they were returned.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-6.8">RFC 9113 section 6.8</a>
 */
public final class SessionProtocol {

  /** The value of {@link #expiresAt()} when no time is running. */
  public static final long NEVER = Long.MAX_VALUE;

  /**
   * How many PINGs, one after the other, must be answered before the cut. The first proves that the
   * peer has read the announcement. A peer that writes its acknowledgement ahead of HEADERS which
   * it had already queued is covered by the second.
   */
  static final int ROUNDS = 2;

  /** The number of the PING that goes right before the FIN. */
  private static final int FAREWELL = ROUNDS + 1;

  /**
   * How many refusals may wait to be written; late streams beyond are dropped without an answer.
   */
  static final int MAX_UNWRITTEN_REFUSALS = 1024;

  /**
   * Eight readable bytes, the last of which counts the rounds: never a PING that somebody else
   * sent.
   */
  private static final long PING_BASE = 0x6832_6472_6169_6e00L; // "h2drain" and one byte

  private final SessionTimes times;
  private SessionPhase phase = SessionPhase.OPEN;
  private boolean asked;
  private boolean settingsSent;
  private boolean streamsDone;
  private boolean served;
  private boolean goAwayWritten;
  private boolean halfClosed;
  private boolean readUnknown; // Our FIN goes without a PING that shows what the peer has read.
  private boolean forced;
  private boolean flooded;
  private int round;
  private int unwrittenRefusals;
  private long pingedAt;
  private long roundTrip = -1;
  private long expiresAt = NEVER;

  public SessionProtocol(SessionTimes times) {
    this.times = times;
  }

  /** The session shall leave. */
  public List<SessionAction> drain(long now) {
    if (asked || phase != SessionPhase.OPEN) {
      return List.of();
    }
    asked = true;
    if (settingsSent) {
      return announce(now);
    }
    // A peer that never completes its preface must not hold the drain.
    expireIn(times.linger(), now);
    return List.of();
  }

  /**
   * The session shall stay, after all.
   *
   * @return whether it does: it was told nothing yet. Otherwise it goes on leaving, for a GOAWAY
   *     cannot be taken back.
   */
  public boolean undo() {
    if (phase != SessionPhase.OPEN) {
      return false;
    }
    asked = false;
    expiresAt = NEVER;
    return true;
  }

  /**
   * The peer has been silent for as long as Jetty lets a connection be idle. Asked only where no
   * deadline bounds the wait for it.
   */
  public List<SessionAction> idle() {
    return phase == SessionPhase.CLOSING ? disconnect() : List.of();
  }

  /**
   * Our SETTINGS is on the wire, or queued such that nothing can overtake it. Before that, nothing
   * may be sent: RFC 9113 section 3.4, SETTINGS "MUST be the first frame".
   */
  public List<SessionAction> settingsSent(long now) {
    if (settingsSent) {
      return List.of();
    }
    settingsSent = true;
    return asked && phase == SessionPhase.OPEN ? announce(now) : List.of();
  }

  /**
   * GOAWAY(2^31-1) is on the wire. Only now the PING may follow: a PING that overtakes the GOAWAY
   * proves nothing when it is answered.
   */
  public List<SessionAction> announcementWritten(long now) {
    return phase == SessionPhase.ANNOUNCED && round == 0 ? ping(now) : List.of();
  }

  /**
   * The PING with {@link #pingPayload()} is on the wire; its answer may have come before this
   * event.
   */
  public List<SessionAction> pingWritten() {
    return awaitsFarewellAck() ? halfClose() : List.of();
  }

  /** The peer acknowledged a PING. Only the answer to the last PING of ours counts. */
  public List<SessionAction> pingAcked(long payload, long now) {
    if (round == 0 || payload != pingPayload()) {
      return List.of();
    }
    if (awaitsFarewellAck()) {
      // It has read all that we sent before our FIN; now it has the linger to close.
      round++;
      expireIn(times.linger(), now);
      return halfClose();
    }
    long elapsed = now - pingedAt;
    roundTrip = roundTrip < 0 ? elapsed : Math.min(roundTrip, elapsed);
    return switch (phase) {
      case ANNOUNCED -> round < ROUNDS ? ping(now) : cut();
      // Late: too late for the announcement, but it shows that the peer is there, and reads.
      case OPEN, CUT, CLOSING, CLOSED -> List.of();
    };
  }

  /**
   * The peer sent something after our FIN. Where no PING shows what it has read, that is the sign
   * that it is there, perhaps still reading.
   */
  public List<SessionAction> received(long now) {
    if (phase == SessionPhase.CLOSING && readUnknown) {
      expireIn(times.linger(), now);
    }
    return List.of();
  }

  /**
   * The gate is cut and no admitted stream is left.
   *
   * @param served whether a stream ended since the drain began: its answer may still be unread
   */
  public List<SessionAction> streamsDone(boolean served, long now) {
    streamsDone = true;
    this.served = served;
    return finish(now);
  }

  /** The final GOAWAY, or that of {@link SessionAction#CALM}, is on the wire. */
  public List<SessionAction> goAwayWritten(long now) {
    goAwayWritten = true;
    return phase == SessionPhase.CLOSING && flooded && !forced ? halfClose() : finish(now);
  }

  /**
   * The peer has sent far more than it may for streams that are refused or done. It is answered no
   * more, but its admitted streams have their time: what they cost it costs itself.
   */
  public List<SessionAction> flooded() {
    flooded = true;
    return List.of();
  }

  /** Whether the peer was found to flood us. */
  public boolean isFlooded() {
    return flooded;
  }

  /**
   * A stream arrived after the cut.
   *
   * @return whether to answer it with RST_STREAM(REFUSED_STREAM), and call {@link #refusalWritten}
   *     once that is on the wire. False where no answer can or need be given: our FIN is due or
   *     sent (the GOAWAY says it all), or the peer floods us or does not read the answers that it
   *     got.
   */
  public boolean refuse() {
    boolean late = phase == SessionPhase.CUT && !isFinished();
    if (!late || flooded || unwrittenRefusals >= MAX_UNWRITTEN_REFUSALS) {
      return false;
    }
    unwrittenRefusals++;
    return true;
  }

  /** A refusal is on the wire. */
  public List<SessionAction> refusalWritten(long now) {
    unwrittenRefusals--;
    return finish(now);
  }

  /** The peer closed its half after ours. */
  public List<SessionAction> peerClosed() {
    return phase == SessionPhase.CLOSING ? disconnect() : List.of();
  }

  /**
   * The session has failed, and with it its streams. It tells the peer with a GOAWAY of its own,
   * which our FIN must not overtake, and closes the connection; nobody reads that any more.
   */
  public List<SessionAction> failed(long now) {
    halfClosed = true; // As far as the drain is concerned.
    if (phase != SessionPhase.CLOSING && phase != SessionPhase.CLOSED) {
      become(SessionPhase.CLOSING);
    }
    if (phase == SessionPhase.CLOSING && expiresAt == NEVER) {
      expireIn(times.linger(), now);
    }
    return List.of();
  }

  /** A frame of ours could not be written: the connection is gone, whoever else has noticed. */
  public List<SessionAction> writeFailed() {
    return phase == SessionPhase.CLOSED || halfClosed ? List.of() : disconnect();
  }

  /**
   * The peer said GOAWAY. Nothing more is admitted, whatever it sends: the last stream is known.
   */
  public List<SessionAction> peerLeaves() {
    return phase == SessionPhase.ANNOUNCED ? cut() : List.of();
  }

  /**
   * The session has come to an end by itself, because its peer said GOAWAY: it reads on, but writes
   * nothing more, and our FIN can follow.
   */
  public List<SessionAction> sessionEnded(long now) {
    if (phase == SessionPhase.CLOSED || forced || halfClosed) {
      return List.of();
    }
    if (phase == SessionPhase.OPEN) {
      return disconnect(); // Nothing was said yet, and nothing is owed.
    }
    if (phase != SessionPhase.CLOSING) {
      become(SessionPhase.CLOSING);
    }
    readUnknown = true;
    expireIn(times.linger(), now);
    return halfClose();
  }

  /** The connection is gone, whoever closed it. */
  public List<SessionAction> disconnected() {
    if (phase != SessionPhase.CLOSED) {
      become(SessionPhase.CLOSED);
    }
    return List.of();
  }

  /** The time of the whole drain is over. */
  public List<SessionAction> deadline(long now) {
    return switch (phase) {
      case OPEN, ANNOUNCED, CUT -> settingsSent ? cancel(now) : disconnect();
      case CLOSING -> forced ? List.of() : disconnect();
      case CLOSED -> List.of();
    };
  }

  /** The frames of {@link SessionAction#CANCEL} are on the wire. */
  public List<SessionAction> lastWordsWritten() {
    return phase == SessionPhase.CLOSING && forced ? disconnect() : List.of();
  }

  /** A time may be over; call it at {@link #expiresAt()}. */
  public List<SessionAction> timer(long now) {
    if (expiresAt == NEVER || now - expiresAt < 0) {
      return List.of();
    }
    return switch (phase) {
      case ANNOUNCED -> cut();
      case CUT -> close(now);
      case OPEN, CLOSING -> disconnect();
      case CLOSED -> List.of();
    };
  }

  public SessionPhase phase() {
    return phase;
  }

  /** When {@link #timer} wants to be called, in {@link System#nanoTime()}, or {@link #NEVER}. */
  public long expiresAt() {
    return expiresAt;
  }

  /** The payload of the PING that is to be sent, or was sent last. */
  public long pingPayload() {
    return PING_BASE + round;
  }

  /** The shortest round trip that a PING measured, in nanoseconds; -1 when none was answered. */
  public long roundTrip() {
    return roundTrip;
  }

  private List<SessionAction> announce(long now) {
    become(SessionPhase.ANNOUNCED);
    expireIn(times.pingTimeout(), now);
    return List.of(ANNOUNCE);
  }

  private List<SessionAction> ping(long now) {
    round++;
    pingedAt = now;
    expireIn(times.pingTimeout(), now);
    return List.of(PING);
  }

  private List<SessionAction> cut() {
    become(SessionPhase.CUT);
    return List.of(CUT);
  }

  private List<SessionAction> finish(long now) {
    if (phase != SessionPhase.CUT || !isFinished()) {
      return List.of();
    }
    if (unwrittenRefusals > 0) {
      // The peer is owed these answers, but may not hold us by not reading them.
      if (expiresAt == NEVER) {
        expireIn(times.linger(), now);
      }
      return List.of();
    }
    return close(now);
  }

  private List<SessionAction> close(long now) {
    become(SessionPhase.CLOSING);
    if (flooded) {
      expireIn(times.linger(), now);
      return List.of(CALM);
    }
    if (served && roundTrip >= 0) {
      // A slow reader may have seconds of answer before it. Closing while it reads, at the first
      // frame
      // that it sends, turns into a TCP reset that eats the rest (golang/go#18701). This peer
      // answers
      // PINGs: the answer to one right before the FIN proves that all is read. Only the deadline
      // bounds that wait.
      round = FAREWELL;
      return List.of(PING);
    }
    readUnknown = roundTrip < 0;
    expireIn(times.linger(), now);
    return halfClose();
  }

  private List<SessionAction> halfClose() {
    if (halfClosed) {
      return List.of();
    }
    halfClosed = true;
    return List.of(HALF_CLOSE);
  }

  private List<SessionAction> cancel(long now) {
    forced = true;
    become(SessionPhase.CLOSING);
    expireIn(times.lastWords(), now);
    return List.of(CANCEL);
  }

  private boolean awaitsFarewellAck() {
    return phase == SessionPhase.CLOSING && !forced && round == FAREWELL;
  }

  private List<SessionAction> disconnect() {
    become(SessionPhase.CLOSED);
    return List.of(DISCONNECT);
  }

  private boolean isFinished() {
    return streamsDone && goAwayWritten;
  }

  private void become(SessionPhase target) {
    phase = phase.to(target);
    expiresAt = NEVER;
  }

  private void expireIn(long nanos, long now) {
    long at = now + nanos;
    expiresAt = at == NEVER ? at - 1 : at;
  }

  @Override
  public String toString() {
    return phase
        + (forced ? ",forced" : "")
        + (flooded ? ",flooded" : "")
        + (round > 0 ? ",pings=" + round : "")
        + (unwrittenRefusals > 0 ? ",unwrittenRefusals=" + unwrittenRefusals : "");
  }
}
