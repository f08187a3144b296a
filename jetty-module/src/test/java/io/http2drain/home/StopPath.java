package io.http2drain.home;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ways in which a Jetty process is told to stop. Each returns before the stop is complete. */
enum StopPath {
  /** What jetty.sh, systemd and Kubernetes do. */
  SIGTERM {
    @Override
    void stop(JettyProcess jetty) {
      jetty.terminate();
    }
  },
  /** {@code start.jar --stop}. */
  START_JAR_STOP {
    @Override
    List<String> arguments() {
      return List.of("STOP.PORT=0", "STOP.KEY=enough");
    }

    @Override
    void stop(JettyProcess jetty) throws IOException, InterruptedException {
      jetty.base().run("--stop", "STOP.PORT=" + stopPort(jetty), "STOP.KEY=enough");
    }
  },
  /** The module {@code shutdown}. */
  SHUTDOWN_MODULE {
    @Override
    List<String> modules() {
      return List.of("shutdown");
    }

    @Override
    List<String> arguments() {
      return List.of("jetty.shutdown.port=0", "jetty.shutdown.key=enough");
    }

    @Override
    void stop(JettyProcess jetty) throws IOException, InterruptedException {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stopPort(jetty))) {
        OutputStream out = socket.getOutputStream();
        out.write("enough\r\nstop\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
    }
  };

  private static final Pattern STOP_PORT = Pattern.compile("^STOP\\.PORT=(\\d+)");

  /** The modules that the base needs for it. */
  List<String> modules() {
    return List.of();
  }

  /** The arguments with which the server must have been started. */
  List<String> arguments() {
    return List.of();
  }

  abstract void stop(JettyProcess jetty) throws IOException, InterruptedException;

  private static int stopPort(JettyProcess jetty) throws InterruptedException {
    OutputLog.Line line = jetty.log().await(STOP_PORT, Duration.ofSeconds(10));
    Matcher matcher = STOP_PORT.matcher(line.text());
    if (!matcher.find()) {
      throw new AssertionError(line.text());
    }
    return Integer.parseInt(matcher.group(1));
  }
}
