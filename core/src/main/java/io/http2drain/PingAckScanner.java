package io.http2drain;

import java.nio.ByteBuffer;

/**
 * Finds the acknowledgement of one PING in bytes that nobody parses any more, wherever the frames
 * begin. Not thread-safe: for the one thread that reads at a time.
 */
final class PingAckScanner {

  private final byte[] frame;
  private final int[] fallback; // How much of the frame still matches when the next byte does not.
  private int matched;

  PingAckScanner(long payload) {
    frame =
        ByteBuffer.allocate(17)
            .put(new byte[] {0, 0, 8, 6, 1, 0, 0, 0, 0}) // Length 8, type PING, flag ACK, stream 0.
            .putLong(payload)
            .array();
    fallback = new int[frame.length];
    for (int i = 1, length = 0; i < frame.length; ) {
      if (frame[i] == frame[length]) {
        fallback[i++] = ++length;
      } else if (length > 0) {
        length = fallback[length - 1];
      } else {
        i++;
      }
    }
  }

  /**
   * Looks at the bytes that follow those of the last call; moves neither position nor limit.
   *
   * @return whether the acknowledgement ended among them
   */
  boolean scan(ByteBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      byte next = buffer.get(i);
      while (matched > 0 && frame[matched] != next) {
        matched = fallback[matched - 1];
      }
      if (frame[matched] == next && ++matched == frame.length) {
        matched = 0;
        return true;
      }
    }
    return false;
  }
}
