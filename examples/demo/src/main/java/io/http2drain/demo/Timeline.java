package io.http2drain.demo;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Draws the stop of a real server as its clients see it: one busy connection and an idle one, both
 * 50 ms away. What is drawn is what was received, when it was received.
 */
public final class Timeline {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Timeline() {}

  /**
   * Writes the picture.
   *
   * @param arguments the file to write
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path file = Path.of(arguments[0]);
    JettyBase base =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .drain()
            .create(Files.createTempDirectory("http2-drain-timeline"));
    try (JettyProcess jetty = JettyProcess.start(base)) {
      PeerOptions options =
          PeerOptions.h2(jetty.target(true).port()).withAddedRoundTrip(Duration.ofMillis(50));
      try (RawPeer busy = RawPeer.connect(options);
          RawPeer idle = RawPeer.connect(options)) {
        for (RawPeer peer : List.of(busy, idle)) {
          int warm = peer.request("GET", "/think?ms=0", Map.of(), true);
          peer.response(warm).join();
        }
        draw(jetty, busy, idle, file);
      }
    }
    System.out.println("wrote " + file);
  }

  private static void draw(JettyProcess jetty, RawPeer busy, RawPeer idle, Path file)
      throws IOException, InterruptedException {
    long firstSent = System.nanoTime();
    int first = busy.request("GET", "/think?ms=600", Map.of(), true);
    LockSupport.parkNanos(
        TimeUnit.MILLISECONDS.toNanos(150)); // So that the picture has a "before".
    long signalled = jetty.terminate();
    long secondSent = System.nanoTime();
    int second = busy.request("GET", "/think?ms=250", Map.of(), true);
    busy.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == second, LIMIT);
    long lateSent = System.nanoTime();
    int late = busy.request("GET", "/think?ms=0", Map.of(), true);
    ChildProcess.Exit exit = jetty.awaitExit(Duration.ofSeconds(60));
    idle.await(FrameKind.FIN, LIMIT);

    TimelinePicture picture = new TimelinePicture(signalled, firstSent, exit.nanos());
    picture.heading("server");
    picture.bar("process", "process", firstSent, exit.nanos(), "");
    picture.mark("SIGTERM", signalled);
    picture.mark("exit", exit.nanos());
    picture.heading("a busy connection, 50 ms away");
    marks(picture, busy, signalled);
    stream(picture, busy, first, firstSent, "was in flight");
    stream(picture, busy, second, secondSent, "sent before the client knew");
    stream(picture, busy, late, lateSent, "sent in spite of GOAWAY");
    picture.heading("an idle connection, 50 ms away");
    marks(picture, idle, signalled);
    Files.writeString(file, picture.svg());
  }

  private static void marks(TimelinePicture picture, RawPeer peer, long from) {
    picture.line();
    for (ReceivedFrame frame : peer.frames()) {
      if (frame.nanoTime() - from < 0) {
        continue;
      }
      switch (frame.kind()) {
        case GOAWAY -> {
          boolean announcement = frame.lastStreamId() == Integer.MAX_VALUE;
          String last = announcement ? "2³¹-1" : Integer.toString(frame.lastStreamId());
          picture.mark("GOAWAY(" + last + ")", frame.nanoTime());
        }
        case PING -> picture.mark("PING", frame.nanoTime());
        case FIN -> picture.mark("FIN", frame.nanoTime());
        default -> {}
      }
    }
  }

  private static void stream(
      TimelinePicture picture, RawPeer peer, int streamId, long sent, String note) {
    var response = peer.response(streamId).join();
    boolean served = response.status() == 200;
    String outcome = served ? "200" : "RST_STREAM(REFUSED_STREAM)";
    picture.bar(
        "stream " + streamId,
        served ? "served" : "refused",
        sent,
        response.endNanos(),
        outcome + ", " + note);
  }
}
