package io.http2drain.rig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A client in bytes, for a preface that comes in pieces. */
public final class LateClient {

  private LateClient() {}

  /** The preface, SETTINGS, and GET / on stream 1. */
  public static byte[] prefaceAndRequest() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("PRI * HT".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(restOfPrefaceAndRequest());
    return bytes.toByteArray();
  }

  /** What follows {@code PRI * HT}: the rest, SETTINGS, and GET / on stream 1. */
  public static byte[] restOfPrefaceAndRequest() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("TP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    // HPACK, all indexed but the authority: GET, http, /, :authority a.
    byte[] block = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 0x01, 'a'};
    bytes.writeBytes(new byte[] {0, 0, (byte) block.length, 1, 0x5, 0, 0, 0, 1});
    bytes.writeBytes(block);
    return bytes.toByteArray();
  }

  /**
   * Reads what a server sends up to its FIN, acknowledges its PINGs, and closes.
   *
   * @return the frames, like {@link #frames}
   */
  public static List<String> converse(Socket socket) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (socket) {
      InputStream input = socket.getInputStream();
      for (byte[] head = input.readNBytes(9); head.length == 9; head = input.readNBytes(9)) {
        int length = ByteBuffer.wrap(head).getInt() >>> 8;
        byte[] frame = Arrays.copyOf(head, head.length + length);
        input.readNBytes(frame, head.length, length);
        received.writeBytes(frame);
        boolean ping = frame[3] == 6 && frame[4] == 0;
        if (ping) {
          frame[4] = 1;
          socket.getOutputStream().write(frame);
        }
      }
    }
    return frames(received.toByteArray());
  }

  /**
   * The frames in what a server sent: SETTINGS, DATA and its stream, GOAWAY and its last stream.
   */
  public static List<String> frames(byte[] bytes) {
    List<String> frames = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.remaining() >= 9) {
      int lengthAndType = buffer.getInt();
      byte flags = buffer.get();
      int streamId = buffer.getInt();
      int length = lengthAndType >>> 8;
      ByteBuffer payload = buffer.slice(buffer.position(), length);
      buffer.position(buffer.position() + length);
      switch (lengthAndType & 0xff) {
        case 0 -> frames.add("DATA " + streamId);
        case 4 -> frames.add((flags & 1) == 0 ? "SETTINGS" : "SETTINGS_ACK");
        case 7 -> frames.add("GOAWAY " + payload.getInt());
        default -> frames.add("TYPE " + (lengthAndType & 0xff));
      }
    }
    return frames;
  }
}
