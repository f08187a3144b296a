package io.http2drain.peer;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How a peer connects and how well it behaves. Immutable: each {@code with} method returns a
 * changed copy. The defaults are a well-behaved client.
 */
public final class PeerOptions {
  private String host = "127.0.0.1";
  private final int port;
  private boolean tls;
  private Duration addedRoundTrip = Duration.ZERO;
  private boolean obeyGoAway = true;
  private boolean ackSettings = true;
  private boolean ackPing = true;
  private boolean creditData = true;
  private boolean creditStreams = true;
  private boolean closeOnFin = true;
  private boolean closeOnGoAway;
  private boolean recordFrames = true;
  private int initialWindow;
  private int receiveBuffer;
  private Map<Integer, Long> settings = Map.of();

  private PeerOptions(int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    this.port = port;
  }

  /** HTTP/2 in clear text with prior knowledge, to 127.0.0.1. */
  public static PeerOptions h2c(int port) {
    return new PeerOptions(port);
  }

  /** HTTP/2 over TLS, chosen by ALPN; any certificate is trusted. To 127.0.0.1. */
  public static PeerOptions h2(int port) {
    return new PeerOptions(port).withTls(true);
  }

  /** The server's address, a name or a literal; 127.0.0.1 by default. */
  public PeerOptions withHost(String value) {
    return with(o -> o.host = value);
  }

  /** TLS with ALPN h2, or clear text with prior knowledge. */
  public PeerOptions withTls(boolean value) {
    return with(o -> o.tls = value);
  }

  /** A simulated network: half of it is added to each direction, in order; 0 by default. */
  public PeerOptions withAddedRoundTrip(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("addedRoundTrip: " + value + " (expected: >= 0)");
    }
    return with(o -> o.addedRoundTrip = value);
  }

  /** Whether a {@link LoadClient} opens no more streams on a connection that received GOAWAY. */
  public PeerOptions withObeyGoAway(boolean value) {
    return with(o -> o.obeyGoAway = value);
  }

  /** Whether SETTINGS are acknowledged at once. */
  public PeerOptions withAckSettings(boolean value) {
    return with(o -> o.ackSettings = value);
  }

  /** Whether PINGs are acknowledged at once. */
  public PeerOptions withAckPing(boolean value) {
    return with(o -> o.ackPing = value);
  }

  /** Whether DATA is given back to both flow-control windows at once, or never. */
  public PeerOptions withCreditData(boolean value) {
    return with(o -> o.creditData = value);
  }

  /**
   * Whether DATA is given back to its stream's window as well, or to the connection's alone. Many
   * clients do the latter for what fits into {@link #withInitialWindow}; stock Jetty ends a session
   * on which more than 128 credits a second come for streams that it has just finished.
   */
  public PeerOptions withCreditStreams(boolean value) {
    return with(o -> o.creditStreams = value);
  }

  /**
   * Whether the peer closes when the server has half closed, or lingers. A lingering peer learns
   * that the server closed the other half, too, from its next write only.
   */
  public PeerOptions withCloseOnFin(boolean value) {
    return with(o -> o.closeOnFin = value);
  }

  /**
   * Whether the peer closes as soon as it has seen a GOAWAY and none of its streams is open, or
   * leaves that to the server.
   */
  public PeerOptions withCloseOnGoAway(boolean value) {
    return with(o -> o.closeOnGoAway = value);
  }

  /**
   * Whether frames, bodies and settled streams are remembered. Without it {@link RawPeer#await}
   * fails and {@link RawPeer#response} must be asked before the stream ends.
   */
  public PeerOptions withRecordFrames(boolean value) {
    return with(o -> o.recordFrames = value);
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE in bytes; 0, the default, sends none: 65535. */
  public PeerOptions withInitialWindow(int bytes) {
    return with(o -> o.initialWindow = bytes);
  }

  /** The socket's receive buffer in bytes; 0, the default, leaves it to the system. */
  public PeerOptions withReceiveBuffer(int bytes) {
    return with(o -> o.receiveBuffer = bytes);
  }

  /** More SETTINGS parameters for the preface, by identifier; they win over all others. */
  public PeerOptions withSettings(Map<Integer, Long> values) {
    return with(o -> o.settings = Map.copyOf(values));
  }

  private PeerOptions with(Consumer<PeerOptions> change) {
    PeerOptions copy = new PeerOptions(port);
    copy.host = host;
    copy.tls = tls;
    copy.addedRoundTrip = addedRoundTrip;
    copy.obeyGoAway = obeyGoAway;
    copy.ackSettings = ackSettings;
    copy.ackPing = ackPing;
    copy.creditData = creditData;
    copy.creditStreams = creditStreams;
    copy.closeOnFin = closeOnFin;
    copy.closeOnGoAway = closeOnGoAway;
    copy.recordFrames = recordFrames;
    copy.initialWindow = initialWindow;
    copy.receiveBuffer = receiveBuffer;
    copy.settings = settings;
    change.accept(copy);
    return copy;
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public boolean tls() {
    return tls;
  }

  public Duration addedRoundTrip() {
    return addedRoundTrip;
  }

  public boolean obeyGoAway() {
    return obeyGoAway;
  }

  public boolean ackSettings() {
    return ackSettings;
  }

  public boolean ackPing() {
    return ackPing;
  }

  public boolean creditData() {
    return creditData;
  }

  public boolean creditStreams() {
    return creditStreams;
  }

  public boolean closeOnFin() {
    return closeOnFin;
  }

  public boolean closeOnGoAway() {
    return closeOnGoAway;
  }

  public boolean recordFrames() {
    return recordFrames;
  }

  public int initialWindow() {
    return initialWindow;
  }

  public int receiveBuffer() {
    return receiveBuffer;
  }

  public Map<Integer, Long> settings() {
    return settings;
  }

  /** The parameters of the preface's SETTINGS: no push, the window, then the caller's own. */
  Map<Integer, Long> prefaceSettings() {
    Map<Integer, Long> all = new TreeMap<>();
    all.put(0x2, 0L);
    if (initialWindow > 0) {
      all.put(0x4, (long) initialWindow);
    }
    all.putAll(settings);
    return all;
  }

  @Override
  public String toString() {
    return (tls ? "h2" : "h2c") + "://" + host + ":" + port;
  }
}
