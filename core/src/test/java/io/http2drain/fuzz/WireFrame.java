package io.http2drain.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A frame as it stands on the wire. */
record WireFrame(int type, int flags, int streamId, ByteBuffer payload) {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 0x1;
  static final int ACK = 0x1;
  static final int END_HEADERS = 0x4;

  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Takes the next frame out of a buffer; null where it is not complete. */
  static WireFrame next(ByteBuffer buffer) {
    if (buffer.remaining() < 9) {
      return null;
    }
    int length = buffer.getInt(buffer.position()) >>> 8;
    if (buffer.remaining() < 9 + length) {
      return null;
    }
    int type = buffer.getInt() & 0xff;
    int flags = buffer.get() & 0xff;
    int streamId = buffer.getInt();
    ByteBuffer payload = ByteBuffer.allocate(length);
    payload.put(buffer.slice(buffer.position(), length)).flip();
    buffer.position(buffer.position() + length);
    return new WireFrame(type, flags, streamId, payload);
  }

  static byte[] bytes(int type, int flags, int streamId, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | type)
        .put((byte) flags)
        .putInt(streamId)
        .put(payload)
        .array();
  }

  static byte[] int32(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      buffer.putInt(value);
    }
    return buffer.array();
  }

  boolean is(int type, int flags) {
    return this.type == type && (this.flags & flags) == flags;
  }

  int int32At(int index) {
    return payload.getInt(index);
  }

  String text() {
    return StandardCharsets.US_ASCII.decode(payload.duplicate()).toString();
  }

  @Override
  public String toString() {
    byte[] start = new byte[Math.min(payload.remaining(), 12)];
    payload.duplicate().get(start);
    return "%d/%x/%d:%s".formatted(type, flags, streamId, HexFormat.of().formatHex(start));
  }
}
