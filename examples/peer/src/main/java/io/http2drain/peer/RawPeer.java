package io.http2drain.peer;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One HTTP/2 connection whose frames are all the caller's choice.
 *
 * <p>Every method may be called by any thread. Those that write return at once and write in the
 * order of the calls; on a connection that has ended they do nothing. Only {@link #connect} and
 * {@link #await} block. Futures complete on the connection's event loop: do not block there.
 */
public final class RawPeer implements AutoCloseable {
  private final PeerOptions options;
  private final PeerHandler handler;
  private final PeerSocket socket;
  private final Object order = new Object(); // Held while an id is taken and its write is queued.
  private int nextStreamId = 1;

  RawPeer(PeerOptions options, PeerHandler handler, PeerSocket socket) {
    this.options = options;
    this.handler = handler;
    this.socket = socket;
  }

  /**
   * Connects and writes the preface.
   *
   * @throws IOException when TCP, TLS or ALPN fails, or after 30 s
   */
  public static RawPeer connect(PeerOptions options) throws IOException {
    CompletableFuture<RawPeer> connecting = connectAsync(options);
    try {
      return connecting.get();
    } catch (InterruptedException e) {
      var unused = connecting.thenAccept(RawPeer::close);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting to " + options);
    } catch (ExecutionException e) {
      throw new IOException("cannot connect to " + options, e.getCause());
    }
  }

  /** Like {@link #connect}, without blocking. */
  public static CompletableFuture<RawPeer> connectAsync(PeerOptions options) {
    return PeerConnector.connect(options);
  }

  /**
   * Opens the next odd stream with HEADERS and returns its id. Pseudo-fields among {@code headers}
   * replace the usual ones. CONNECT has no path but with a {@code :protocol}.
   */
  public int request(String method, String path, Map<String, String> headers, boolean endStream) {
    synchronized (order) {
      int streamId = nextStreamId;
      requestOn(streamId, method, path, headers, endStream);
      return streamId;
    }
  }

  /**
   * Like {@link #request}, on a stream of the caller's choice; {@link #request} goes on above it.
   */
  public void requestOn(
      int streamId, String method, String path, Map<String, String> headers, boolean endStream) {
    Consumer<OutboundFrames> opening = opening(streamId, method, path, headers, endStream);
    synchronized (order) {
      nextStreamId = Math.max(nextStreamId, streamId + 2);
      write(opening);
    }
    settleIfEnded();
  }

  /** Opens the stream's account; the HEADERS are still to be written. */
  Consumer<OutboundFrames> opening(
      int streamId, String method, String path, Map<String, String> headers, boolean endStream) {
    var fields = FieldMap.request(options, method, path, headers);
    StreamAccount account = handler.ledger().account(streamId);
    if (method.equals("HEAD") || method.equals("CONNECT")) {
      account.ignoreContentLength();
    }
    return out -> out.headers(streamId, fields, endStream);
  }

  /** Writes DATA without regard to flow control, in frames of at most the server's frame size. */
  public void data(int streamId, byte[] bytes, boolean endStream) {
    byte[] copy = bytes.clone();
    write(out -> out.data(streamId, Unpooled.wrappedBuffer(copy), endStream));
  }

  /**
   * Writes {@code content} and END_STREAM as the windows allow, in frames of at most {@code chunk}
   * bytes.
   */
  public void upload(int streamId, byte[] content, int chunk) {
    Upload upload = new Upload(streamId, content.clone(), chunk);
    write(out -> out.upload(upload));
  }

  /** Uploads {@code length} zero bytes. */
  public void upload(int streamId, long length, int chunk) {
    Upload upload = new Upload(streamId, length, chunk);
    write(out -> out.upload(upload));
  }

  /** Writes HEADERS with END_STREAM. */
  public void trailers(int streamId, Map<String, String> fields) {
    var headers = FieldMap.headers(fields);
    write(out -> out.headers(streamId, headers, true));
  }

  /** Writes RST_STREAM and ends an upload; the stream's fate remains what the server says. */
  public void reset(int streamId, long errorCode) {
    write(out -> out.reset(streamId, errorCode));
  }

  public void ping(long payload) {
    write(out -> out.ping(false, payload));
  }

  /** Acknowledges a PING by hand. */
  public void ackPing(long payload) {
    write(out -> out.ping(true, payload));
  }

  /** Writes SETTINGS, by identifier. */
  public void settings(Map<Integer, Long> parameters) {
    write(out -> out.settings(parameters));
  }

  public void ackSettings() {
    write(OutboundFrames::settingsAck);
  }

  public void goAway(int lastStreamId, long errorCode) {
    write(out -> out.goAway(lastStreamId, errorCode));
  }

  /** Writes WINDOW_UPDATE; stream 0 is the connection. */
  public void windowUpdate(int streamId, int delta) {
    write(out -> out.windowUpdate(streamId, delta));
  }

  /** Writes bytes as they are. */
  public void raw(byte[] bytes) {
    byte[] copy = bytes.clone();
    write(out -> out.raw(copy));
  }

  private void write(Consumer<OutboundFrames> frames) {
    socket.write(() -> frames.accept(handler.outbound()));
  }

  /** On the event loop only: writes before the next frame that arrived is looked at. */
  void writeNow(Consumer<OutboundFrames> frames) {
    frames.accept(handler.outbound());
    socket.flush();
  }

  /**
   * Completes when all that was written so far is with the operating system, but for uploads that
   * wait for their window; exceptionally when the connection ended before.
   */
  public CompletableFuture<Void> flushed() {
    return socket.flushed();
  }

  /** Stops reading from the socket, so that the TCP window closes once its buffers are full. */
  public void pauseReading() {
    socket.reading(false);
  }

  public void resumeReading() {
    socket.reading(true);
  }

  /** Sends close_notify if TLS, then FIN; reading goes on. */
  public void shutdownOutput() {
    socket.shutdownOutput();
  }

  /** Closes with a TCP RST, at once: what is not yet sent is dropped. */
  public void abort() {
    socket.abort();
  }

  /** Closes in order, without waiting for it; {@link FrameKind#CLOSED} is then the last frame. */
  @Override
  public void close() {
    socket.close();
  }

  /** Whether the server may still send frames: neither its FIN nor a close was seen. */
  public boolean isOpen() {
    return !handler.ledger().ended();
  }

  /** The local TCP port, by which a server can tell this peer. */
  public int localPort() {
    return socket.localPort();
  }

  /** The frames so far, in order of arrival. */
  public List<ReceivedFrame> frames() {
    return handler.log().snapshot();
  }

  /**
   * Returns the first matching frame, of those received or within {@code limit}. Blocks.
   *
   * @throws IllegalStateException when none comes in time or the connection is closed before; its
   *     message has all frames
   */
  public ReceivedFrame await(Predicate<ReceivedFrame> wanted, Duration limit) {
    return handler.log().await(wanted, limit);
  }

  /** Awaits the first frame of a kind, like {@link #await(Predicate, Duration)}. */
  public ReceivedFrame await(FrameKind kind, Duration limit) {
    return await(frame -> frame.kind() == kind, limit);
  }

  /** Completes when the stream ended, was reset, or the connection ended; never exceptionally. */
  public CompletableFuture<PeerResponse> response(int streamId) {
    CompletableFuture<PeerResponse> response = handler.ledger().account(streamId).response();
    settleIfEnded();
    return response;
  }

  /** The last-stream-id of the latest GOAWAY, or -1. */
  public int lastGoAway() {
    return handler.ledger().lastGoAway();
  }

  public boolean goAwaySeen() {
    return lastGoAway() >= 0;
  }

  /** Completes on the event loop with the first GOAWAY's last-stream-id; never if none comes. */
  CompletableFuture<Integer> firstGoAway() {
    return handler.ledger().firstGoAway();
  }

  EventLoop eventLoop() {
    return socket.eventLoop();
  }

  /** Settles what is open and closes; completes with the number of streams that were open. */
  CompletableFuture<Integer> giveUp() {
    return CompletableFuture.supplyAsync(handler.ledger()::abandonOpen, eventLoop())
        .whenComplete((open, failure) -> close());
  }

  /** A stream that is mentioned after the end gets its fate, too. */
  private void settleIfEnded() {
    if (handler.ledger().ended()) {
      eventLoop().execute(handler.ledger()::abandonOpen);
    }
  }
}
