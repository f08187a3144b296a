package io.http2drain.home;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * A paced upload for Apache HttpClient: the library asks for data, and is asked to ask again when
 * the next piece is due.
 */
final class ApachePacedEntity implements AsyncEntityProducer {
  private final PacedUpload upload;
  private final ByteBuffer body;
  private long begin;
  private boolean begun;

  ApachePacedEntity(PacedUpload upload) {
    this.upload = upload;
    this.body = ByteBuffer.wrap(upload.body());
  }

  @Override
  public int available() {
    // 0 tells the library not to ask before requestOutput().
    return Math.max(0, due() - body.position());
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    body.limit(due());
    int unused = channel.write(body);
    boolean dueIsWritten = !body.hasRemaining();
    body.limit(body.capacity());
    if (!body.hasRemaining()) {
      channel.endStream();
    } else if (dueIsWritten) {
      int pieces = body.position() / upload.pieceBytes();
      long wait = begin + pieces * upload.gap().toNanos() - System.nanoTime();
      Executor later = CompletableFuture.delayedExecutor(Math.max(0, wait), NANOSECONDS);
      later.execute(channel::requestOutput);
    }
  }

  private int due() {
    if (!begun) {
      begun = true;
      begin = System.nanoTime();
    }
    long pieces = 1 + (System.nanoTime() - begin) / upload.gap().toNanos();
    return (int) Math.min(body.capacity(), pieces * upload.pieceBytes());
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public void failed(Exception cause) {}

  @Override
  public long getContentLength() {
    return -1;
  }

  @Override
  public String getContentType() {
    return "application/octet-stream";
  }

  @Override
  public @Nullable String getContentEncoding() {
    return null;
  }

  @Override
  public boolean isChunked() {
    return true;
  }

  @Override
  public Set<String> getTrailerNames() {
    return Set.of();
  }

  @Override
  public void releaseResources() {}
}
