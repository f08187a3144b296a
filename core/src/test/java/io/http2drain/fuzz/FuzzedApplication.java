package io.http2drain.fuzz;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/** Behaves as the path says, never blocks, and remembers which streams it ran. */
final class FuzzedApplication extends Handler.Abstract {

  static final List<String> PATHS =
      List.of(
          "/hold",
          "/now",
          "/upload",
          "/big",
          "/early",
          "/fail",
          "/throw",
          "/part",
          "/interim",
          "/push");

  private final Map<Integer, Set<Integer>> ran = new TreeMap<>();
  private final List<Runnable> held = new ArrayList<>();

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    InetSocketAddress peer =
        (InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress();
    int stream = Integer.parseInt(request.getId());
    if ((stream & 1) == 1 && !ran(peer.getPort()).add(stream)) {
      throw new AssertionError("run twice: stream " + stream + " of " + peer);
    }
    String path = Request.getPathInContext(request);
    Runnable answer = () -> response.write(true, BufferUtil.toBuffer("answer"), callback);
    switch (path == null ? "" : path) {
      case "/hold" -> held.add(answer);
      case "/upload" -> Content.Source.consumeAll(request, Callback.from(answer, callback::failed));
      case "/big" -> response.write(true, ByteBuffer.allocate(100_000), callback);
      case "/fail" -> callback.failed(new ExpectedException());
      case "/throw" -> throw new ExpectedException();
      case "/part" ->
          response.write(
              false,
              BufferUtil.toBuffer("part"),
              Callback.from(() -> held.add(answer), callback::failed));
      case "/interim" -> {
        var unused =
            response
                .writeInterim(HttpStatus.EARLY_HINTS_103, HttpFields.EMPTY)
                .thenRun(() -> held.add(answer));
      }
      case "/push" -> {
        if (request.getConnectionMetaData().isPushSupported()) {
          HttpURI uri = HttpURI.build(request.getHttpURI()).path("/hold");
          request.push(new MetaData.Request("GET", uri, HttpVersion.HTTP_2, HttpFields.EMPTY));
        }
        answer.run();
      }
      default -> answer.run(); // Also before the upload has come.
    }
    return true;
  }

  /** The streams of a connection that were run. */
  Set<Integer> ran(int connection) {
    return ran.computeIfAbsent(connection, port -> new TreeSet<>());
  }

  /** Ends the request that has been held for longest, or the one that was held last. */
  void release(boolean first) {
    if (!held.isEmpty()) {
      held.remove(first ? 0 : held.size() - 1).run();
    }
  }

  void releaseAll() {
    while (!held.isEmpty()) {
      release(true);
    }
  }

  /** What applications throw; Jetty does not log it. */
  static final class ExpectedException extends RuntimeException
      implements org.eclipse.jetty.io.QuietException {

    private static final long serialVersionUID = 1;

    private ExpectedException() {
      super("expected", null, false, false);
    }
  }
}
