package io.http2drain.admin;

import java.util.Arrays;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads the content of a request without blocking, as far as {@value #MAX_BYTES} bytes. One that
 * has more is refused: at once where its length says so, otherwise with the first byte too many.
 */
final class SmallBody implements Runnable {

  /** What a request may hold, in bytes. */
  static final int MAX_BYTES = 1024;

  /** What becomes of the content. */
  interface Reader {

    /** Answers the exchange. */
    void read(byte[] content);
  }

  private final Exchange exchange;
  private final Request request;
  private final Reader reader;
  private final byte[] content = new byte[MAX_BYTES];
  private int length;

  private SmallBody(Exchange exchange, Reader reader) {
    this.exchange = exchange;
    this.request = exchange.request();
    this.reader = reader;
  }

  /** Answers the exchange itself, unless the reader gets to. Returns at once. */
  static void read(Exchange exchange, Reader reader) {
    if (exchange.request().getLength() > MAX_BYTES) {
      tooLarge(exchange);
    } else {
      new SmallBody(exchange, reader).run();
    }
  }

  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        exchange.fail(chunk.getFailure());
        return;
      }
      int count = chunk.remaining();
      boolean fits = count <= MAX_BYTES - length;
      if (fits) {
        length += chunk.get(content, length, count);
      }
      chunk.release();
      if (!fits) {
        tooLarge(exchange);
        return;
      }
      if (chunk.isLast()) {
        reader.read(Arrays.copyOf(content, length));
        return;
      }
    }
  }

  private static void tooLarge(Exchange exchange) {
    exchange.refuseUnread(
        HttpStatus.PAYLOAD_TOO_LARGE_413, "content: expected: at most " + MAX_BYTES + " bytes");
  }
}
