package io.http2drain.home;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A request body that is sent in equal pieces over a time, so that it is in flight when the server
 * is stopped. The first piece is due at once.
 */
record PacedUpload(int pieces, int pieceBytes, Duration gap) {

  /** All pieces. The byte at offset {@code i} is {@code (byte) (i * 31)}. */
  byte[] body() {
    byte[] body = new byte[pieces * pieceBytes];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (i * 31);
    }
    return body;
  }

  byte[] piece(int index) {
    byte[] piece = new byte[pieceBytes];
    System.arraycopy(body(), index * pieceBytes, piece, 0, pieceBytes);
    return piece;
  }

  /**
   * For a client that reads its body from a stream in a thread of its own: a read blocks until the
   * piece is due.
   */
  InputStream stream() {
    return new PacedStream(body(), pieceBytes, gap.toNanos());
  }

  private static final class PacedStream extends InputStream {
    private final byte[] body;
    private final int pieceBytes;
    private final long gapNanos;
    private final long begin = System.nanoTime();
    private int position;

    PacedStream(byte[] body, int pieceBytes, long gapNanos) {
      this.body = body;
      this.pieceBytes = pieceBytes;
      this.gapNanos = gapNanos;
    }

    @Override
    public int read() throws InterruptedIOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws InterruptedIOException {
      if (position == body.length) {
        return -1;
      }
      int piece = position / pieceBytes;
      awaitDue(begin + piece * gapNanos);
      int count = Math.min(length, (piece + 1) * pieceBytes - position);
      System.arraycopy(body, position, buffer, offset, count);
      position += count;
      return count;
    }

    private static void awaitDue(long due) throws InterruptedIOException {
      try {
        // The pace is what this stream is for; nothing waits for anything else here.
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted between two pieces");
      }
    }
  }
}
