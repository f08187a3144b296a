package io.http2drain.rolling;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.OutputLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running proxy, with the configuration that users copy, but for the ports. */
final class ProxyProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final int PROXY_PORT = 8080;
  private static final int FIRST_BACKEND_PORT = 8081;

  private final ChildProcess process;
  private final int port;

  private ProxyProcess(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it and waits until it listens.
   *
   * @param readinessPath what the health check, if there is one, asks the backends for
   */
  static ProxyProcess start(
      ProxyKind kind,
      int port,
      List<Integer> backendPorts,
      @Nullable String readinessPath,
      Path directory)
      throws IOException, InterruptedException {
    String text = withPort(kind.configuration(), PROXY_PORT, port);
    for (int i = 0; i < backendPorts.size(); i++) {
      text = withPort(text, FIRST_BACKEND_PORT + i, backendPorts.get(i));
    }
    if (readinessPath != null) {
      text = text.replace("uri /ready ", "uri " + readinessPath + " ");
    }
    Path file = Files.writeString(directory.resolve(kind.configurationName()), text);
    ChildProcess process = ChildProcess.start(kind.program(), directory, kind.command(file));
    ProxyProcess proxy = new ProxyProcess(process, port);
    try {
      proxy.awaitListener();
    } catch (IOException | InterruptedException | AssertionError e) {
      proxy.close();
      throw e;
    }
    return proxy;
  }

  /** HAProxy writes an address with a colon, nghttpx with a comma. */
  private static String withPort(String text, int example, int port) {
    String changed =
        text.replaceAll("127\\.0\\.0\\.1([:,])" + example + "\\b", "127.0.0.1$1" + port);
    if (changed.equals(text)) {
      throw new AssertionError("no 127.0.0.1 with port " + example + " in:\n" + text);
    }
    return changed;
  }

  private void awaitListener() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new IOException("nothing listens on " + port + ": " + process.output(), e);
        }
        Thread.sleep(20); // Between two looks.
      }
    }
  }

  int port() {
    return port;
  }

  OutputLog log() {
    return process.output();
  }

  /** Ends it and waits for the end. */
  void stop() throws InterruptedException {
    process.signal();
    ChildProcess.Exit unused = process.awaitExit(STOP_LIMIT);
  }

  @Override
  public void close() {
    process.close();
  }
}
