package io.http2drain.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The rest of one request's content. Event loop only. */
final class Upload {
  private final int streamId;
  private final int chunk;
  private final ByteBuf source;
  private final boolean repeating;
  private long left;

  /** The bytes themselves. */
  Upload(int streamId, byte[] content, int chunk) {
    this(streamId, Unpooled.wrappedBuffer(content), false, content.length, chunk);
  }

  /** {@code length} bytes of a pattern: zeros. */
  Upload(int streamId, long length, int chunk) {
    this(streamId, Unpooled.wrappedBuffer(new byte[chunk]), true, length, chunk);
  }

  private Upload(int streamId, ByteBuf source, boolean repeating, long length, int chunk) {
    this.streamId = streamId;
    this.source = source;
    this.repeating = repeating;
    this.left = length;
    this.chunk = chunk;
  }

  int streamId() {
    return streamId;
  }

  boolean done() {
    return left == 0;
  }

  /** Whether a frame may be sent now; one without content always may. */
  int next(long window, int maxFrame) {
    return (int) Math.min(Math.min(window, left), Math.min(chunk, maxFrame));
  }

  ByteBuf take(int bytes) {
    left -= bytes;
    return repeating ? source.retainedSlice(0, bytes) : source.readRetainedSlice(bytes);
  }
}
