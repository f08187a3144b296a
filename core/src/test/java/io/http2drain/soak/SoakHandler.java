package io.http2drain.soak;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Serves what the peers of a soak ask for, and keeps a journal of each {@code x-request-id} that it
 * ran: {@code /think/MILLIS}, {@code /upload}, {@code /download/BYTES}, and anything else at once.
 */
final class SoakHandler extends Handler.Abstract.NonBlocking {

  private final Set<String> executed = ConcurrentHashMap.newKeySet();
  private final Set<String> executedTwice = ConcurrentHashMap.newKeySet();

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String id = request.getHeaders().get("x-request-id");
    if (id != null && !executed.add(id)) {
      executedTwice.add(id);
    }
    Path path = Path.of(Request.getPathInContext(request));
    String what = path.getNameCount() == 0 ? "" : path.getName(0).toString();
    String argument = path.getNameCount() < 2 ? "0" : path.getName(1).toString();
    Callback answer =
        Callback.from(
            () -> response.write(true, BufferUtil.toBuffer("done"), callback), callback::failed);
    switch (what) {
      case "think" ->
          getServer()
              .getScheduler()
              .schedule(answer::succeeded, Long.parseLong(argument), TimeUnit.MILLISECONDS);
      case "upload" -> Content.Source.consumeAll(request, answer);
      case "download" ->
          response.write(true, ByteBuffer.allocate(Integer.parseInt(argument)), callback);
      default -> answer.succeeded();
    }
    return true;
  }

  Set<String> executed() {
    return executed;
  }

  /** Ids that ran more than once though each is sent once. */
  Set<String> executedTwice() {
    return executedTwice;
  }
}
