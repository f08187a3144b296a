package io.http2drain.rig;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The frames of a WebSocket client, in bytes: RFC 6455 section 5.2. Short ones, not fragmented. */
public final class WebSocketFrames {

  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

  private WebSocketFrames() {}

  public static byte[] text(String text) {
    return masked(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] close(int status) {
    return masked(CLOSE, ByteBuffer.allocate(2).putShort((short) status).array());
  }

  /** A client masks, a server does not. */
  private static byte[] masked(int opcode, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x80 | opcode);
    frame.write(0x80 | payload.length);
    frame.writeBytes(MASK);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ MASK[i % MASK.length]);
    }
    return frame.toByteArray();
  }

  /** The frames in what a server sent: {@code TEXT hello}, {@code CLOSE 1001}. */
  public static List<String> of(byte[] bytes) {
    List<String> frames = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int opcode = buffer.get() & 0x0f;
      ByteBuffer payload = buffer.slice(buffer.position() + 1, buffer.get() & 0x7f);
      buffer.position(buffer.position() + payload.remaining());
      switch (opcode) {
        case TEXT -> frames.add("TEXT " + StandardCharsets.UTF_8.decode(payload));
        case CLOSE -> frames.add("CLOSE " + payload.getShort());
        default -> frames.add("OPCODE " + opcode);
      }
    }
    return frames;
  }
}
