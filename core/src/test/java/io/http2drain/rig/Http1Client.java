package io.http2drain.rig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.ServerConnector;

/**
 * One TCP connection in clear text, with HTTP/1.1 or whatever else is written to it. What is read
 * is taken as ISO-8859-1, a character a byte. A read that lasts for 20 s, or meets a reset, throws.
 */
public final class Http1Client implements AutoCloseable {

  private static final int READ_LIMIT_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream input;

  public Http1Client(ServerConnector connector) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    socket.setSoTimeout(READ_LIMIT_MILLIS);
    input = socket.getInputStream();
  }

  /** Sends a GET without content. */
  public void get(String path) throws IOException {
    lines("GET " + path + " HTTP/1.1", "Host: a", "");
  }

  /** Sends each line with its CRLF; an empty line ends a head. */
  public void lines(String... lines) throws IOException {
    text(String.join("\r\n", lines) + "\r\n");
  }

  public void text(String text) throws IOException {
    bytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public void bytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads the head of an answer, with the empty line. */
  public String readHead() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = input.read();
      if (next < 0) {
        throw new IOException("FIN after: " + head.toString(StandardCharsets.ISO_8859_1));
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  public String read(int bytes) throws IOException {
    return new String(input.readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  /** Reads to the server's FIN, and closes then. */
  public String readAll() throws IOException {
    try (input) {
      return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
