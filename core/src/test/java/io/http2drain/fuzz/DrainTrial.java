package io.http2drain.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainReport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One drain, its peers, and what they do, as chosen by bytes.
 *
 * <p>The first two bytes choose the setting and the end, each later one what happens next; some
 * take arguments from the bytes that follow. There is a witness, which has a request in flight and
 * behaves.
 */
final class DrainTrial {

  private static final int MAX_BYTES = 600;
  private static final int MAX_PEERS = 4;
  private static final int MAX_FRAMES = 1000;

  /**
   * More frames than this, and what they bring about, may end a session: Jetty's rate control, 128
   * a second.
   */
  private static final int MANY_FRAMES = 40;

  /** All that the peer may send before it gets credit. */
  private static final int MANY_BYTES = 60_000;

  private static final int[] CAPACITIES = {-1, -1, 64, 1000};

  private enum End {
    /** Acknowledges, credits, closes behind the server. */
    OBEY,
    FIN,
    RESET,
    /** Says nothing more, but reads: only the deadline ends the drain. */
    SILENCE,
    /** Does not read either, not even the last words. */
    DEAFNESS
  }

  private static final List<End> ENDS =
      List.of(End.OBEY, End.OBEY, End.OBEY, End.FIN, End.FIN, End.RESET, End.SILENCE, End.DEAFNESS);

  private final ByteBuffer input;
  private final WireServer server;
  private final WirePeer witness;
  private final List<WirePeer> peers = new ArrayList<>();
  private final int capacity;
  private final boolean obeys;
  private final End end;
  private WirePeer peer;
  private boolean draining;
  private boolean deadlinePassed;
  private int frames;
  private int bytes;

  private DrainTrial(byte[] input) throws Exception {
    this.input = ByteBuffer.wrap(input, 0, Math.min(input.length, MAX_BYTES));
    int setting = argument();
    capacity = CAPACITIES[setting & 3];
    boolean patient = (setting & 4) != 0;
    obeys = (setting & 8) != 0;
    end = ENDS.get(setting >> 4 & 7);
    server = new WireServer(patient);
    witness = new WirePeer(server.connector.connect(-1));
    witness.preface();
    witness.request("GET", "/hold", WireFrame.END_HEADERS | WireFrame.END_STREAM);
    witness.flush();
    server.threads.runAll();
    connect((setting & 0x80) == 0);
  }

  /** Fails when the peers that the bytes make do what no peer may. */
  static void run(byte[] input) throws Exception {
    DrainTrial trial = new DrainTrial(input);
    while (trial.input.hasRemaining() && trial.frames < MAX_FRAMES) {
      trial.step();
    }
    trial.end();
    trial.check();
  }

  private void connect(boolean preface) {
    peer = new WirePeer(server.connector.connect(capacity));
    peers.add(peer);
    if (preface) {
      peer.preface();
      peer.request("GET", "/hold", WireFrame.END_HEADERS | WireFrame.END_STREAM);
      peer.flush();
    } else {
      peer.misdeed("no preface");
    }
    settle();
  }

  private int argument() {
    return input.hasRemaining() ? input.get() & 0xff : 0;
  }

  private void step() throws Exception {
    int choice = argument();
    boolean holdBack = (choice & 0x80) != 0;
    happen(choice & 0x1f);
    if (!holdBack) {
      peer.flush();
      settle();
    }
  }

  /** All consequences, up to what the peers read. */
  private void settle() {
    server.threads.runAll();
    witness.behave();
    for (WirePeer each : peers) {
      if (obeys) {
        each.behave();
      } else {
        each.read();
      }
    }
    server.threads.runAll();
  }

  private void happen(int what) {
    switch (what) {
      case 0, 1, 2 -> open();
      case 3 -> data();
      case 4 -> trailers();
      case 5 -> reset();
      case 6 -> ping();
      case 7, 8 -> peer.acknowledge();
      case 9 -> falseAcknowledgement();
      case 10 -> goAway();
      case 11 -> windowUpdate();
      case 12 -> settings();
      case 13 -> priority();
      case 14 -> anyFrame();
      case 15 -> anyBytes();
      case 16, 17 -> drain();
      case 18 -> server.application.release(true);
      case 19 -> server.application.release(false);
      case 20 -> server.passTime();
      case 21 -> peer.reads(!peer.reads());
      case 22 -> fin();
      case 23 -> breakOff();
      case 24 -> deadline();
      case 25 -> server.threads.block(!server.threads.isBlocked());
      case 26 -> server.sweep();
      case 27 -> idle();
      case 28 -> {
        if (peers.size() < MAX_PEERS && !server.isDrained()) {
          connect((argument() & 1) == 0);
        }
      }
      case 29 -> peer = peers.get(argument() % peers.size());
      case 30 -> repeat();
      default -> settle();
    }
  }

  /** The next one, again and again, and mostly at once. */
  private void repeat() {
    int times = argument();
    int what = argument() & 0x1f;
    if (what > 20) {
      return; // Of no use, or slow.
    }
    int position = input.position();
    for (int i = 0; i < times && frames < MAX_FRAMES; i++) {
      input.position(position);
      happen(what);
    }
  }

  private void sends(int length) {
    frames++;
    bytes += length;
    if (frames > MANY_FRAMES) {
      peer.misdeed("many frames");
    }
    if (bytes > MANY_BYTES) {
      peer.misdeed("many bytes");
    }
  }

  private void open() {
    sends(0);
    int kind = argument();
    int flags = WireFrame.END_HEADERS;
    if ((kind & 0x10) == 0) {
      flags |= WireFrame.END_STREAM;
    }
    if ((kind & 0x20) != 0) {
      peer.skipStreams(argument());
    }
    ByteArrayOutputStream more = new ByteArrayOutputStream();
    if ((kind & 0x40) != 0) { // connection: close, which RFC 9113 section 8.2.2 forbids.
      WirePeer.field(more, 0, "connection");
      more.write(5);
      more.writeBytes("close".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    int which = kind & 0xf;
    List<String> paths = FuzzedApplication.PATHS;
    String path = which < paths.size() ? paths.get(which) : "/now";
    String method =
        switch (which) {
          case 11 -> "HEAD";
          case 12 -> "OPTIONS";
          case 13 -> "CONNECT";
          default -> (kind & 0x10) == 0 ? "GET" : "POST";
        };
    int stream = peer.request(method, path, flags, more.toByteArray());
    if ((kind & 0x10) != 0) {
      peer.uploads.add(stream);
    }
  }

  /** Mostly of a stream that is there. */
  private int stream() {
    int argument = argument();
    return (argument & 0x80) == 0 ? 2 * argument + 1 : argument & 0x7f;
  }

  private void data() {
    int stream = stream();
    int length = argument() << 4;
    int flags = argument();
    sends(length);
    if (!peer.uploads.contains(stream)) {
      peer.misdeed("DATA on " + stream);
    }
    boolean last = (flags & WireFrame.END_STREAM) != 0;
    if (last) {
      peer.uploads.remove(stream);
    }
    boolean padded = (flags & 2) != 0 && length > 0;
    peer.queue(
        WireFrame.DATA,
        (last ? WireFrame.END_STREAM : 0) | (padded ? 8 : 0),
        stream,
        new byte[length]);
  }

  private void trailers() {
    sends(0);
    int stream = stream();
    if (!peer.uploads.remove(stream)) {
      peer.misdeed("trailers on " + stream);
    }
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    WirePeer.field(block, 0, "x");
    block.write(1);
    block.write('y');
    peer.queue(
        WireFrame.HEADERS,
        WireFrame.END_HEADERS | WireFrame.END_STREAM,
        stream,
        block.toByteArray());
  }

  private void reset() {
    sends(0);
    int stream = stream();
    if (stream == 1 || !peer.opened(stream)) {
      peer.misdeed("RST_STREAM on " + stream);
    }
    peer.uploads.remove(stream);
    peer.queue(WireFrame.RST_STREAM, 0, stream, WireFrame.int32(argument() & 0xf));
  }

  private void ping() {
    sends(0);
    peer.queue(WireFrame.PING, 0, 0, WireFrame.int32(argument(), 42));
  }

  private void falseAcknowledgement() {
    sends(0);
    int argument = argument();
    // What the drain's next PINGs carry, without having got them; or any other.
    byte[] payload = {'h', '2', 'd', 'r', 'a', 'i', 'n', (byte) (argument & 0x7f)};
    if (argument >= 0x80) {
      payload[0] = 0;
    } else {
      peer.misdeed("false acknowledgement");
    }
    peer.queue(WireFrame.PING, WireFrame.ACK, 0, payload);
  }

  private void goAway() {
    sends(0);
    int last = argument();
    int error = argument() & 0xf;
    if (error != 0) {
      peer.misdeed("GOAWAY with an error");
    }
    peer.saidGoAway = true;
    peer.mayStick = true;
    peer.queue(
        WireFrame.GOAWAY, 0, 0, WireFrame.int32(last == 0xff ? Integer.MAX_VALUE : last, error));
  }

  private void windowUpdate() {
    sends(0);
    int argument = argument();
    int stream = (argument & 1) == 0 ? 0 : stream();
    int size = argument >> 1 & 31;
    if (size > 20 || (stream != 0 && !peer.opened(stream))) {
      peer.misdeed("WINDOW_UPDATE on " + stream);
    }
    peer.queue(WireFrame.WINDOW_UPDATE, 0, stream, WireFrame.int32(1 << size));
  }

  private void settings() {
    sends(0);
    int argument = argument();
    if ((argument & 0x80) != 0) {
      peer.queue(WireFrame.SETTINGS, WireFrame.ACK, 0, new byte[0]);
      return;
    }
    int size = argument();
    int value = (size & 0x20) == 0 ? size & 0x1f : 1 << (size & 0x1f);
    peer.misdeed("SETTINGS " + (argument & 0xf) + "=" + value);
    peer.mayStick = true;
    byte[] payload =
        ByteBuffer.allocate(6).putShort((short) (argument & 0xf)).putInt(value).array();
    peer.queue(WireFrame.SETTINGS, 0, 0, payload);
  }

  private void priority() {
    sends(0);
    int stream = stream();
    int dependency = argument();
    if (stream == 0 || stream == dependency) {
      peer.misdeed("PRIORITY of " + stream + " on " + dependency);
    }
    byte[] payload = ByteBuffer.allocate(5).putInt(dependency).put((byte) argument()).array();
    peer.queue(WireFrame.PRIORITY, 0, stream, payload);
  }

  private void anyFrame() {
    int type = argument();
    int flags = argument();
    int stream = argument();
    byte[] payload = new byte[Math.min(argument() & 0x3f, input.remaining())];
    input.get(payload);
    sends(payload.length);
    peer.misdeed("any frame");
    peer.mayStick |= type == WireFrame.SETTINGS || type == WireFrame.GOAWAY;
    peer.queue(type, flags, stream, payload);
  }

  private void anyBytes() {
    byte[] any = new byte[Math.min(argument() & 0x3f, input.remaining())];
    input.get(any);
    sends(any.length);
    peer.misdeed("any bytes");
    peer.mayStick = true;
    peer.queue(any);
  }

  private void drain() {
    draining = true;
    server.drain();
  }

  private void fin() {
    peer.misdeed("FIN");
    peer.fin();
  }

  private void breakOff() {
    peer.misdeed("reset");
    peer.breakOff();
  }

  /** While nothing drains: a drain switches the idle timeouts off. */
  private void idle() {
    if (!draining) {
      peer.misdeed("idle");
      peer.idle();
    }
  }

  private void deadline() {
    if (draining) {
      deadlinePassed = true;
      server.deadline();
    }
  }

  /** The drain ends: by itself where the peers answer or go, by the deadline otherwise. */
  private void end() {
    server.threads.block(false);
    settle();
    drain();
    settle();
    server.application.releaseAll();
    settle();
    for (WirePeer each : peers) {
      each.flush();
      switch (end) {
        case OBEY -> each.reads(true);
        case FIN -> each.fin();
        case RESET -> each.breakOff();
        case SILENCE -> {}
        case DEAFNESS -> each.reads(false);
      }
    }
    pass();
    if (server.isDrained()) {
      return;
    }
    switch (end) {
      case OBEY, FIN, RESET -> {
        for (WirePeer each : peers) {
          boolean owesNothing = each.misdeed == null && each.uploads.isEmpty();
          assertFalse(end == End.OBEY && owesNothing && each.isOpen(), this::toString);
        }
        // An upload that never ends; an answer that gets no credit any more.
        peers.forEach(WirePeer::breakOff);
        pass();
        if (!server.isDrained()) {
          assertTrue(peers.stream().anyMatch(each -> each.mayStick), this::toString);
          finishByDeadline();
        }
      }
      case SILENCE -> {
        peers.forEach(each -> each.reads(true));
        finishByDeadline();
      }
      case DEAFNESS -> finishByDeadline();
    }
    assertTrue(server.isDrained(), this::toString);
  }

  private void finishByDeadline() {
    deadlinePassed = true;
    server.deadline();
    settle();
    if (!server.isDrained()) {
      assertTrue(
          end == End.DEAFNESS || peers.stream().anyMatch(each -> each.mayStick), this::toString);
      server.passLastWords();
      settle();
    }
  }

  /** Until nothing happens any more, though time passes. */
  private void pass() {
    int quiet = 0;
    while (quiet < 4 && !server.isDrained()) {
      int received = received();
      server.threads.runAll();
      witness.behave();
      for (WirePeer each : peers) {
        if (end == End.OBEY) {
          each.behave();
        } else {
          each.read();
        }
      }
      server.threads.runAll();
      server.application.releaseAll();
      server.threads.runAll();
      quiet = received() == received ? quiet + 1 : 0;
      if (quiet > 0) {
        server.sweep();
        server.passTime();
      }
    }
  }

  private int received() {
    return peers.stream().mapToInt(WirePeer::received).sum();
  }

  private void check() throws Exception {
    server.stop();
    witness.read();
    if (!deadlinePassed) {
      assertTrue(witness.isAnswered(1), this::toString);
      assertEquals(1, witness.goAways(Integer.MAX_VALUE, 0), this::toString);
      assertEquals(1, witness.goAways(1, 0), this::toString);
    }
    witness.check(server.application.ran(witness.number()));
    long refused = witness.refused().size();
    for (WirePeer each : peers) {
      each.read();
      each.check(server.application.ran(each.number()));
      // Jetty refuses those beyond the limit of concurrent streams.
      refused += each.misdeed == null ? each.refused().size() : 0;
      if (each.misdeed == null && !deadlinePassed && each.reads() && end == End.OBEY) {
        assertTrue(each.isAnswered(1), this::toString);
      }
    }
    DrainReport report = server.report();
    assertTrue(report.refused() >= refused, this::toString);
    assertTrue(report.cut() == 0 || deadlinePassed, this::toString);
  }

  @Override
  public String toString() {
    return server.drain + " " + witness + " " + peers;
  }
}
