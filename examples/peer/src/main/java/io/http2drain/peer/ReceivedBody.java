package io.http2drain.peer;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** The content of a response: its length and checksum, and its first bytes. */
public final class ReceivedBody {
  /** At most this many bytes are kept, 1 MiB; length and checksum cover all of them. */
  public static final int KEPT_LIMIT = 1 << 20;

  private final int limit;
  private final CRC32 crc = new CRC32();
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
  private long length;

  ReceivedBody(int limit) {
    this.limit = limit;
  }

  /** Called by the event loop only, before the body is handed out. */
  void add(ByteBuf data) {
    byte[] bytes = new byte[data.readableBytes()];
    data.getBytes(data.readerIndex(), bytes);
    crc.update(bytes);
    length += bytes.length;
    kept.write(bytes, 0, Math.min(bytes.length, limit - kept.size()));
  }

  /** Bytes received. */
  public long length() {
    return length;
  }

  /** The CRC-32 of all bytes received. */
  public long crc32() {
    return crc.getValue();
  }

  /** A copy of the first bytes, at most {@link #KEPT_LIMIT}; none when frames are not recorded. */
  public byte[] kept() {
    return kept.toByteArray();
  }

  /** The kept bytes as UTF-8. */
  public String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return length + " bytes";
  }
}
