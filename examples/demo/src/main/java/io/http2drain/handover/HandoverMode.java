package io.http2drain.handover;

import io.http2drain.home.BuildOutput;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import java.io.IOException;
import java.util.Locale;

/** How two server processes share a port. */
public enum HandoverMode {
  /** Each has a listening socket of its own, with SO_REUSEPORT; the kernel chooses one of them. */
  REUSEPORT(true),
  /** Both accept from one listening socket, which a third process opened and keeps open. */
  INHERIT(true),
  /**
   * The same, but the next starts only when the one before has ended; clients wait in the queue.
   */
  RESTART(false);

  private final boolean overlapping;

  HandoverMode(boolean overlapping) {
    this.overlapping = overlapping;
  }

  /** The mode of a command line's word, such as {@code reuseport}. */
  public static HandoverMode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the next process serves before the one before it is stopped. */
  public boolean overlapping() {
    return overlapping;
  }

  /** Whether the listening socket is file descriptor 0 of this process. */
  public boolean inherits() {
    return this != REUSEPORT;
  }

  /**
   * Starts a process and waits until it serves.
   *
   * @param port of the processes before it; 0 for the first one
   */
  JettyProcess start(JettyBase base, int port) throws IOException, InterruptedException {
    if (inherits()) {
      String xml =
          BuildOutput.OPERATOR_FILES.path().resolve("systemd/inherit-channel.xml").toString();
      return JettyProcess.startInheriting(base, xml);
    }
    return JettyProcess.start(base, "jetty.http.reusePort=true", "jetty.http.port=" + port);
  }
}
