package io.http2drain.example;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * An answer that comes in pieces: {@code /stream?chunks=&ms=&bytes=}.
 *
 * <p>It writes {@code chunks} pieces (default 10) of {@code bytes} bytes each (default 16), each
 * flushed, {@code ms} milliseconds apart (default 100). The byte at offset {@code i} of the whole
 * body is {@code i & 0xff}, so a client can tell a lost, doubled or misplaced piece. The length is
 * not announced: only a proper end of the stream tells the client that it has everything.
 */
public final class StreamServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private static final BoundedParameter CHUNKS = new BoundedParameter("chunks", 10, 1, 10_000);
  private static final BoundedParameter MS = new BoundedParameter("ms", 100, 0, 60_000);
  private static final BoundedParameter BYTES = new BoundedParameter("bytes", 16, 1, 65_536);

  private static final int PERIOD = 256;

  /**
   * The body's bytes from offset 0, long enough to cut the largest chunk from any phase of the
   * period.
   */
  private static final byte[] PATTERN = pattern(PERIOD + BYTES.max());

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    int chunks;
    int ms;
    int bytes;
    try {
      chunks = CHUNKS.read(request);
      ms = MS.read(request);
      bytes = BYTES.read(request);
    } catch (BadParameter e) {
      e.answer(response);
      return;
    }
    response.setContentType("application/octet-stream");
    response.setHeader("Cache-Control", "no-store");
    ServletOutputStream body = response.getOutputStream();
    for (int chunk = 0; chunk < chunks; chunk++) {
      if (chunk > 0) {
        pause(ms);
      }
      long offset = (long) chunk * bytes;
      body.write(PATTERN, (int) (offset % PERIOD), bytes);
      body.flush();
    }
  }

  private static void pause(int ms) throws InterruptedIOException {
    if (ms == 0) {
      return;
    }
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted between two chunks");
    }
  }

  private static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }
}
