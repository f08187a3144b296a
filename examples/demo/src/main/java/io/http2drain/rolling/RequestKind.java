package io.http2drain.rolling;

import io.http2drain.peer.LoadPlan;
import io.http2drain.peer.PeerOptions;
import java.time.Duration;

/**
 * The requests of the end clients. A proxy may repeat what is idempotent, so half of them are not:
 * what becomes of a POST is the server's doing. The pauses bound the load.
 */
public enum RequestKind {
  QUICK_GET("GET", "/think?ms=20&async=true", 0, 4, Duration.ofMillis(60)),
  /** Holds a thread of the server, as a slow query does. */
  SLOW_GET("GET", "/think?ms=1000", 0, 3, Duration.ofMillis(20)),
  UPLOAD("POST", "/upload", 8_192, 2, Duration.ofMillis(40)),
  SLOW_POST("POST", "/think?ms=500&async=true", 0, 4, Duration.ofMillis(20));

  private static final int STREAMS = 2;

  private final String method;
  private final String path;
  private final long uploadBytes;
  private final int connections;
  private final Duration pause;

  RequestKind(String method, String path, long uploadBytes, int connections, Duration pause) {
    this.method = method;
    this.path = path;
    this.uploadBytes = uploadBytes;
    this.connections = connections;
    this.pause = pause;
  }

  public String method() {
    return method;
  }

  /** Continuous load; its request ids begin with the names of the protocol and of this. */
  LoadPlan plan(int port, ClientProtocol protocol) {
    return LoadPlan.of(PeerOptions.h2c(port))
        .withConnections(connections)
        .withStreamsPerConnection(STREAMS)
        .withRequest(method, path)
        .withUploadBytes(uploadBytes)
        .withPause(pause)
        .withRunId(protocol + "-" + this);
  }
}
