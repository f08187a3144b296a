package io.http2drain.peer;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a {@link LoadClient} does. Immutable: each {@code with} method returns a changed copy. The
 * defaults are one GET of {@code /} at a time on one connection, for as long as it lasts.
 */
public final class LoadPlan {
  /** When a connection opens its streams. */
  public enum Mode {
    /** The next as soon as one ends, until GOAWAY, the end of the connection or the stop. */
    CONTINUOUS,
    /** All at once, once. */
    ONCE
  }

  private final PeerOptions peer;
  private int connections = 1;
  private int streamsPerConnection = 1;
  private Mode mode = Mode.CONTINUOUS;
  private String method = "GET";
  private String path = "/";
  private long uploadBytes;
  private Map<String, String> headers = Map.of();
  private String runId = "";
  private Duration pause = Duration.ZERO;
  private int connectsInFlight = 100;
  private Duration strayPace = Duration.ofMillis(5);
  private int strayLimit = 100;

  private LoadPlan(PeerOptions peer) {
    this.peer = peer;
  }

  /** A plan for the server and the manners of {@code peer}; its frames are never recorded. */
  public static LoadPlan of(PeerOptions peer) {
    return new LoadPlan(peer.withRecordFrames(false));
  }

  public LoadPlan withConnections(int value) {
    positive("connections", value);
    return with(p -> p.connections = value);
  }

  /** Streams open at a time; the server's SETTINGS_MAX_CONCURRENT_STREAMS is not looked at. */
  public LoadPlan withStreamsPerConnection(int value) {
    positive("streamsPerConnection", value);
    return with(p -> p.streamsPerConnection = value);
  }

  public LoadPlan withMode(Mode value) {
    return with(p -> p.mode = value);
  }

  /** The request line; the path may have a query. */
  public LoadPlan withRequest(String newMethod, String newPath) {
    return with(
        p -> {
          p.method = newMethod;
          p.path = newPath;
        });
  }

  /** Content of each request in bytes, sent as the windows allow; 0, the default, is none. */
  public LoadPlan withUploadBytes(long value) {
    return with(p -> p.uploadBytes = value);
  }

  /** More fields for each request. */
  public LoadPlan withHeaders(Map<String, String> values) {
    return with(p -> p.headers = Map.copyOf(values));
  }

  /** How long continuous load waits after a stream before it opens the next; 0 by default. */
  public LoadPlan withPause(Duration value) {
    return with(p -> p.pause = value);
  }

  /** The beginning of each {@code x-request-id}; by default one is made up. */
  public LoadPlan withRunId(String value) {
    return with(p -> p.runId = value);
  }

  /** How many connections are being opened at a time; 100 by default. */
  public LoadPlan withConnectsInFlight(int value) {
    positive("connectsInFlight", value);
    return with(p -> p.connectsInFlight = value);
  }

  /**
   * For continuous load that does not obey GOAWAY: how often a connection opens another stream
   * after the first GOAWAY, whatever became of the others, and how many at most. 5 ms and 100 by
   * default.
   */
  public LoadPlan withStray(Duration pace, int limit) {
    return with(
        p -> {
          p.strayPace = pace;
          p.strayLimit = limit;
        });
  }

  private LoadPlan with(Consumer<LoadPlan> change) {
    LoadPlan copy = new LoadPlan(peer);
    copy.connections = connections;
    copy.streamsPerConnection = streamsPerConnection;
    copy.mode = mode;
    copy.method = method;
    copy.path = path;
    copy.uploadBytes = uploadBytes;
    copy.headers = headers;
    copy.runId = runId;
    copy.pause = pause;
    copy.connectsInFlight = connectsInFlight;
    copy.strayPace = strayPace;
    copy.strayLimit = strayLimit;
    change.accept(copy);
    return copy;
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }

  public PeerOptions peer() {
    return peer;
  }

  public int connections() {
    return connections;
  }

  public int streamsPerConnection() {
    return streamsPerConnection;
  }

  public Mode mode() {
    return mode;
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  public long uploadBytes() {
    return uploadBytes;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public String runId() {
    return runId;
  }

  public Duration pause() {
    return pause;
  }

  public int connectsInFlight() {
    return connectsInFlight;
  }

  public Duration strayPace() {
    return strayPace;
  }

  public int strayLimit() {
    return strayLimit;
  }
}
