package io.http2drain.rig;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames as bytes, many of them in one write. */
public final class RawFrames {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /** GET http://a/path; the request is complete, or its body is to follow. */
  public RawFrames get(int streamId, String path, boolean endStream) {
    byte[] text = path.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    // HPACK: GET and http are indexed; :path and :authority are literals that are not indexed.
    block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, 0x04, (byte) text.length});
    block.writeBytes(text);
    block.writeBytes(new byte[] {0x01, 1, 'a'});
    return frame(HEADERS, endStream ? 0x5 : 0x4, streamId, block.toByteArray());
  }

  /** The beginning of a header block, as yet empty, that goes on in CONTINUATION. */
  public RawFrames unfinishedHeaders(int streamId) {
    return frame(HEADERS, 0, streamId, new byte[0]);
  }

  /** An empty fragment of a header block that goes on. */
  public RawFrames emptyContinuation(int streamId) {
    return frame(CONTINUATION, 0, streamId, new byte[0]);
  }

  public RawFrames emptyData(int streamId) {
    return frame(DATA, 0, streamId, new byte[0]);
  }

  public RawFrames emptySettings() {
    return frame(SETTINGS, 0, 0, new byte[0]);
  }

  public RawFrames reset(int streamId, int errorCode) {
    return frame(RST_STREAM, 0, streamId, number(errorCode));
  }

  public RawFrames windowUpdate(int streamId, int delta) {
    return frame(WINDOW_UPDATE, 0, streamId, number(delta));
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private RawFrames frame(int type, int flags, int streamId, byte[] payload) {
    ByteBuffer head = ByteBuffer.allocate(9);
    head.putInt(payload.length << 8 | type).put((byte) flags).putInt(streamId);
    bytes.writeBytes(head.array());
    bytes.writeBytes(payload);
    return this;
  }
}
