package io.http2drain.example;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * One HTTP/2 request (h2c with prior knowledge) whose body is sent piece by piece while the answer
 * is read. Every wait ends after ten seconds.
 */
final class DuplexExchange implements AutoCloseable {
  private static final int SECONDS_TO_WAIT = 10;

  private final HTTP2Client client = new HTTP2Client();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final BlockingQueue<Stream.Data> received = new LinkedBlockingQueue<>();
  private final Stream stream;

  private DuplexExchange(URI uri) throws Exception {
    client.start();
    Session session =
        client
            .connect(new InetSocketAddress(uri.getHost(), uri.getPort()), new Session.Listener() {})
            .get(SECONDS_TO_WAIT, SECONDS);
    MetaData.Request request =
        new MetaData.Request("POST", HttpURI.from(uri), HttpVersion.HTTP_2, HttpFields.EMPTY);
    stream =
        session
            .newStream(new HeadersFrame(request, null, false), new Answer())
            .get(SECONDS_TO_WAIT, SECONDS);
  }

  static DuplexExchange post(URI uri) throws Exception {
    return new DuplexExchange(uri);
  }

  void send(String piece) throws Exception {
    data(piece, false);
  }

  void finish() throws Exception {
    data("", true);
  }

  int status() throws Exception {
    return status.get(SECONDS_TO_WAIT, SECONDS);
  }

  /** The next bytes of the answer: at least as many as asked for, fewer at its end. */
  String receive(int length) throws Exception {
    StringBuilder text = new StringBuilder();
    boolean last = false;
    while (!last && text.length() < length) {
      Stream.Data data = received.poll(SECONDS_TO_WAIT, SECONDS);
      if (data == null) {
        throw new TimeoutException("no more than \"" + text + "\" came back");
      }
      text.append(StandardCharsets.US_ASCII.decode(data.frame().getByteBuffer()));
      last = data.frame().isEndStream();
      data.release();
    }
    return text.toString();
  }

  @Override
  public void close() {
    LifeCycle.stop(client);
  }

  private void data(String piece, boolean last) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(piece.getBytes(StandardCharsets.US_ASCII));
    stream.data(new DataFrame(stream.getId(), bytes, last)).get(SECONDS_TO_WAIT, SECONDS);
  }

  private final class Answer implements Stream.Listener {
    @Override
    public void onHeaders(Stream answered, HeadersFrame frame) {
      status.complete(((MetaData.Response) frame.getMetaData()).getStatus());
      answered.demand();
    }

    @Override
    public void onDataAvailable(Stream answered) {
      Stream.Data data = answered.readData();
      if (data != null) {
        received.add(data);
      }
      if (data == null || !data.frame().isEndStream()) {
        answered.demand();
      }
    }
  }
}
