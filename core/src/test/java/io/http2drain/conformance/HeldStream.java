package io.http2drain.conformance;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A clear-text HTTP/2 connection on which stream 1 is in flight, and which looks fresh to the
 * client that takes it: its stream 1 is the server's stream 3, and so on.
 */
final class HeldStream implements Relay.Line {

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int HEADER = 9;

  private final AtomicInteger connections = new AtomicInteger();
  private final boolean cut;

  /**
   * @param cut whether the client gets the connection only behind the final GOAWAY
   */
  HeldStream(boolean cut) {
    this.cut = cut;
  }

  /** The path of stream 1 of a connection; they count from 0. */
  static String path(int connection) {
    return "/hold/%03d".formatted(connection);
  }

  @Override
  public void made(Socket server) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(PREFACE);
    bytes.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    String path = path(connections.getAndIncrement());
    // HPACK without the dynamic table: GET, http, :path, :authority a.
    bytes.writeBytes(new byte[] {0, 0, (byte) (7 + path.length()), 1, 0x5, 0, 0, 0, 1});
    bytes.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, 0x04, (byte) path.length()});
    bytes.writeBytes(path.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[] {0x01, 0x01, 'a'});
    server.getOutputStream().write(bytes.toByteArray());
  }

  /** Gives the client the server's SETTINGS, and nothing else of what was. */
  @Override
  public void taken(InputStream server, OutputStream client) throws IOException {
    boolean acknowledged = false;
    boolean gone = !cut;
    while (!(acknowledged && gone)) {
      byte[] frame = read(server);
      int type = frame[3];
      if (type == 4 && frame[4] == 0) {
        client.write(frame);
      }
      acknowledged |= type == 4 && frame[4] == 1;
      gone |= type == 7 && getInt(frame, HEADER) != 2147483647;
    }
  }

  @Override
  public void toServer(InputStream client, OutputStream server) throws IOException {
    try {
      client.readNBytes(PREFACE.length);
      while (true) {
        byte[] frame = read(client);
        shift(frame, 5, 2);
        int type = frame[3];
        int flags = frame[4];
        if (type == 2) { // PRIORITY
          shift(frame, HEADER, 2);
        } else if (type == 1 && (flags & 0x20) != 0) { // HEADERS with priority, perhaps padded
          shift(frame, HEADER + ((flags & 0x8) == 0 ? 0 : 1), 2);
        }
        server.write(frame);
      }
    } catch (EOFException x) {
      // The FIN is passed on.
    }
  }

  @Override
  public void toClient(InputStream server, OutputStream client) throws IOException {
    try {
      while (true) {
        byte[] frame = read(server);
        if (getInt(frame, 5) != 1) {
          shift(frame, 5, -2);
          client.write(frame);
        }
      }
    } catch (EOFException x) {
      // The FIN is passed on.
    }
  }

  private static byte[] read(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(from);
    byte[] header = new byte[HEADER];
    in.readFully(header);
    int length = getInt(header, 0) >>> 8;
    byte[] frame = Arrays.copyOf(header, HEADER + length);
    in.readFully(frame, HEADER, length);
    return frame;
  }

  /** Changes a stream id, but not 0, nor the bit in front of it. */
  private static void shift(byte[] frame, int at, int by) {
    if (at + 4 <= frame.length && (getInt(frame, at) & 2147483647) != 0) {
      ByteBuffer.wrap(frame).putInt(at, getInt(frame, at) + by);
    }
  }

  private static int getInt(byte[] frame, int at) {
    return ByteBuffer.wrap(frame).getInt(at);
  }
}
