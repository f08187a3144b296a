package io.http2drain.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The client's end of a {@link WireConnector.Wire}. */
final class WirePeer {

  private static final int MAX_FRAME_SIZE = 16_384;

  private final WireConnector.Wire wire;
  private final List<WireFrame> received = new ArrayList<>();
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private final Deque<byte[]> pings = new ArrayDeque<>();
  private final Map<Integer, Integer> uncredited = new TreeMap<>();
  private ByteBuffer unparsed = ByteBuffer.allocate(0);
  private boolean finSent;
  private boolean reads = true;
  private int nextStreamId = 1;

  /** Streams on which it may still send. */
  final Set<Integer> uploads = new TreeSet<>();

  boolean saidGoAway;

  /**
   * Whether only the deadline may end its session, even when it is gone. One that has sent GOAWAY
   * may still read, thinks Jetty, when its FIN or reset has come, so answers that lack credit keep
   * it. One whose SETTINGS are such that Jetty's encoder fails is never closed at all.
   */
  boolean mayStick;

  /** What this peer did first that the server may hold against it. */
  String misdeed;

  WirePeer(WireConnector.Wire wire) {
    this.wire = wire;
  }

  int number() {
    return wire.number();
  }

  void misdeed(String what) {
    if (misdeed == null) {
      misdeed = what;
    }
  }

  void preface() {
    queue(WireFrame.PREFACE);
    queue(WireFrame.SETTINGS, 0, 0, new byte[0]);
  }

  /** Opens the next stream. */
  int request(String method, String path, int flags) {
    return request(method, path, flags, new byte[0]);
  }

  int request(String method, String path, int flags, byte[] moreFields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    // RFC 7541 section 6.2.2, literal fields without indexing; the names are of the static table.
    field(block, 2, method);
    block.write(0x86); // :scheme http
    field(block, 4, path);
    field(block, 1, "a"); // :authority
    block.writeBytes(moreFields);
    int streamId = nextStreamId;
    nextStreamId += 2;
    queue(WireFrame.HEADERS, flags, streamId, block.toByteArray());
    return streamId;
  }

  boolean opened(int streamId) {
    return (streamId & 1) == 1 && streamId < nextStreamId;
  }

  /** Goes on with a higher stream. */
  void skipStreams(int count) {
    nextStreamId += 2 * count;
  }

  static void field(ByteArrayOutputStream block, int name, String value) {
    block.write(name);
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  void queue(int type, int flags, int streamId, byte[] payload) {
    queue(WireFrame.bytes(type, flags, streamId, payload));
  }

  void queue(byte[] bytes) {
    unsent.writeBytes(bytes);
  }

  /** Sends what is queued. */
  void flush() {
    byte[] bytes = unsent.toByteArray();
    unsent.reset();
    if (bytes.length > 0 && !finSent) {
      wire.addInput(ByteBuffer.wrap(bytes));
    }
  }

  void fin() {
    flush();
    if (!finSent) {
      finSent = true;
      wire.addInputEOF();
    }
  }

  void breakOff() {
    finSent = true;
    wire.breakOff();
  }

  void idle() {
    wire.getConnection().onIdleExpired(new java.util.concurrent.TimeoutException());
  }

  void reads(boolean reads) {
    this.reads = reads;
  }

  boolean reads() {
    return reads;
  }

  /** Reads, where it does, what has come. */
  void read() {
    if (!reads) {
      return;
    }
    for (ByteBuffer more = wire.takeOutput(); more.hasRemaining(); more = wire.takeOutput()) {
      parse(more);
    }
  }

  private void parse(ByteBuffer more) {
    ByteBuffer all = ByteBuffer.allocate(unparsed.remaining() + more.remaining());
    all.put(unparsed).put(more).flip();
    unparsed = all;
    for (WireFrame frame = WireFrame.next(all); frame != null; frame = WireFrame.next(all)) {
      received.add(frame);
      assertTrue(frame.payload().remaining() <= MAX_FRAME_SIZE || misdeed != null, this::toString);
      if (frame.type() == WireFrame.PING && !frame.is(WireFrame.PING, WireFrame.ACK)) {
        pings.add(WireFrame.int32(frame.int32At(0), frame.int32At(4)));
      } else if (frame.type() == WireFrame.DATA) {
        uncredited.merge(0, frame.payload().remaining(), Integer::sum);
        if (!frame.is(WireFrame.DATA, WireFrame.END_STREAM)) {
          uncredited.merge(frame.streamId(), frame.payload().remaining(), Integer::sum);
        }
      }
    }
  }

  /** Acknowledges the first PING that is not. */
  void acknowledge() {
    byte[] payload = pings.poll();
    if (payload != null) {
      queue(WireFrame.PING, WireFrame.ACK, 0, payload);
    }
  }

  private void credit() {
    uncredited.forEach(
        (streamId, bytes) -> {
          if (bytes > 0) {
            queue(WireFrame.WINDOW_UPDATE, 0, streamId, WireFrame.int32(bytes));
          }
        });
    uncredited.clear();
  }

  /** Acknowledges and credits what there is, and closes behind the server. */
  void behave() {
    read();
    credit();
    while (!pings.isEmpty()) {
      acknowledge();
    }
    flush();
    if (finSeen()) {
      fin();
    }
  }

  int received() {
    return received.size();
  }

  boolean isOpen() {
    return wire.isOpen();
  }

  private boolean finSeen() {
    return reads && wire.isOutputShutdown();
  }

  boolean isAnswered(int streamId) {
    String body =
        received.stream()
            .filter(frame -> frame.type() == WireFrame.DATA && frame.streamId() == streamId)
            .map(WireFrame::text)
            .collect(Collectors.joining());
    boolean ended =
        received.stream()
            .anyMatch(
                frame ->
                    frame.is(WireFrame.DATA, WireFrame.END_STREAM) && frame.streamId() == streamId);
    return ended && body.equals("answer");
  }

  long goAways(int lastStreamId, int error) {
    return received.stream()
        .filter(frame -> frame.type() == WireFrame.GOAWAY)
        .filter(frame -> frame.int32At(0) == lastStreamId && frame.int32At(4) == error)
        .count();
  }

  Set<Integer> refused() {
    Set<Integer> refused = new TreeSet<>();
    for (WireFrame frame : received) {
      if (frame.type() == WireFrame.RST_STREAM && frame.int32At(0) == 7) {
        refused.add(frame.streamId());
      }
    }
    return refused;
  }

  /** What holds on every connection. */
  void check(Set<Integer> ran) {
    if (!received.isEmpty()) {
      WireFrame first = received.get(0);
      // Jetty's own, to a peer that has sent no preface.
      boolean noPreface = first.type() == WireFrame.GOAWAY && first.int32At(0) == 0;
      assertTrue(first.is(WireFrame.SETTINGS, 0) || noPreface, this::toString);
    }
    for (int refused : refused()) {
      assertFalse(ran.contains(refused), () -> "refused and run: " + refused + " " + this);
    }
    int lowest = Integer.MAX_VALUE;
    for (WireFrame frame : received) {
      if (frame.type() == WireFrame.GOAWAY) {
        int last = frame.int32At(0);
        int error = frame.int32At(4);
        for (int stream : ran) {
          assertTrue((stream & 1) == 0 || stream <= last, () -> "run: " + stream + " " + this);
        }
        if (misdeed == null) {
          // Jetty's answer to a GOAWAY does not know of refusals, see the README's limits.
          boolean answer = saidGoAway && !refused().isEmpty();
          assertTrue(last <= lowest || answer, this::toString);
          assertEquals(0, error, this::toString);
        }
        lowest = last;
      }
    }
  }

  @Override
  public String toString() {
    return "peer "
        + number()
        + " misdeed="
        + misdeed
        + " received="
        + received
        + " "
        + (wire.isOpen() ? "open" : "closed");
  }
}
