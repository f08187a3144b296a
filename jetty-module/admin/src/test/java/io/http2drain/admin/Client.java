package io.http2drain.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A connection whose bytes are all the test's choice. */
final class Client implements AutoCloseable {

  private static final int LIMIT_MILLIS = 20_000;

  private final Socket socket;

  Client(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LIMIT_MILLIS);
  }

  /** One request on a connection of its own. Headers are separated by newlines. */
  static Answer send(int port, String method, String target, String headers, String content)
      throws IOException {
    try (Client client = new Client(port)) {
      client.write(head(method, target, headers, content.getBytes(UTF_8).length) + content);
      return client.read(method.equals("HEAD"));
    }
  }

  static Answer get(int port, String target) throws IOException {
    return send(port, "GET", target, "", "");
  }

  /** The head of a request, with a Host and a Content-Length where none is given. */
  static String head(String method, String target, String headers, long length) {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    if (!headers.contains("Host:")) {
      head.append("Host: 127.0.0.1\r\n");
    }
    if (length > 0 && !headers.contains("Transfer-Encoding:")) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    headers.lines().filter(line -> !line.isEmpty()).forEach(l -> head.append(l).append("\r\n"));
    return head.append("\r\n").toString();
  }

  void write(String text) throws IOException {
    write(text.getBytes(UTF_8));
  }

  void write(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  Answer read() throws IOException {
    return read(false);
  }

  /** Reads an answer to HEAD. */
  Answer readHead() throws IOException {
    return read(true);
  }

  /** How many bytes come until the server closes. */
  int remaining() throws IOException {
    return socket.getInputStream().readAllBytes().length;
  }

  private Answer read(boolean head) throws IOException {
    return Answer.read(socket.getInputStream(), head);
  }

  /** Reads to the end that the server makes; false when it makes none within 20 s. */
  boolean isClosedByServer() {
    try {
      byte[] unused = socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException x) {
      return false;
    } catch (IOException x) {
      return true; // Reset: it was not nice, but it is closed.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
