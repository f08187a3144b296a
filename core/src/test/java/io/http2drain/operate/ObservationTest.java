package io.http2drain.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainModule;
import io.http2drain.DrainPhase;
import io.http2drain.DrainPolicy;
import io.http2drain.DrainStatus;
import io.http2drain.DrainTimeline;
import io.http2drain.DrainTimeline.Bar;
import io.http2drain.DrainTimeline.End;
import io.http2drain.DrainTimeline.Lane;
import io.http2drain.RequestStatus;
import io.http2drain.SessionState;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Http1Client;
import io.http2drain.rig.Scene;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.eclipse.jetty.jmx.MBeanContainer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.ajax.JSON;
import org.eclipse.jetty.util.component.Dumpable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a drain. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ObservationTest {

  @TempDir Path directory;

  private static int hold(DrainedServer server, RawPeer peer, String path, String query)
      throws Exception {
    int stream = peer.request("GET", path + query, Map.of(), true);
    server.handler.awaitArrival(path);
    return stream;
  }

  private static void awaitCut(RawPeer peer, int last) {
    peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == last, Scene.LIMIT);
  }

  @Test
  void status_namesWhatAStopWaitsForAndKeepsTheirSecrets() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c());
        Http1Client http1 = new Http1Client(server.clear)) {
      DrainStatus serving = server.drain.status();
      assertEquals(DrainPhase.SERVING, serving.phase());
      assertTrue(serving.ready());
      assertNull(serving.account());
      assertEquals(-1, serving.elapsedMillis());
      assertEquals(-1, serving.remainingMillis());
      assertEquals(DrainTimeline.EMPTY, serving.timeline());
      assertEquals(2, serving.connectors().size());

      String longPath = "/hold/" + "x".repeat(300);
      http1.get("/hold/http1?password=secret");
      server.handler.awaitArrival("/hold/http1");
      int first = hold(server, peer, "/hold/a", "?token=secret");
      int second = hold(server, peer, longPath, "");
      CompletableFuture<Void> stopped = server.stop();
      awaitCut(peer, 3);
      DrainStatus status = server.drain.status();
      assertEquals(DrainPhase.DRAINING, status.phase());
      assertFalse(status.ready());
      assertTrue(status.stopping());
      assertTrue(status.remainingMillis() > 0 && status.remainingMillis() <= 25_000);
      assertEquals(1, status.sessionCount());
      assertEquals(2, status.streamsInFlight());
      assertEquals(SessionState.CUT, status.sessions().get(0).state());
      assertEquals(1, status.sessionStates().get(SessionState.CUT));
      assertEquals(0, status.sessionStates().get(SessionState.OPEN));
      assertEquals(1L, parse(parse(status.toJson(), "sessionStates"), "CUT"));
      assertEquals("127.0.0.1:" + peer.localPort(), status.sessions().get(0).remoteAddress());
      // Requests that came within one millisecond stand in any order.
      assertEquals(
          Map.of(
              "/hold/http1",
              "HTTP/1.1",
              "/hold/a",
              "HTTP/2.0",
              "/hold/" + "x".repeat(194) + "…",
              "HTTP/2.0"),
          status.requests().stream()
              .collect(Collectors.toMap(RequestStatus::path, RequestStatus::protocol)));
      assertFalse(status.toJson().contains("secret"), status::toJson);
      assertFalse(Dumpable.dump(server.drain).contains("secret"));
      assertEquals("CUT", parse(parse(status.toJson(), "sessions", 0), "state"));

      for (String path : List.of("/hold/http1", "/hold/a", longPath)) {
        server.handler.release(path);
      }
      assertEquals(Fate.OK, peer.response(first).get(20, TimeUnit.SECONDS).fate());
      assertEquals(Fate.OK, peer.response(second).get(20, TimeUnit.SECONDS).fate());
      stopped.get(20, TimeUnit.SECONDS);
      DrainStatus after = server.drain.status();
      assertEquals(DrainPhase.DRAINED, after.phase());
      assertEquals(-1, after.remainingMillis());
      assertEquals(server.report(), after.account());
      assertEquals(List.of(), after.requests());
    }
  }

  @Test
  void requests_areTheOldestOfAllSessions() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer one = RawPeer.connect(server.h2c());
        RawPeer two = RawPeer.connect(server.h2c())) {
      for (int i = 0; i < 3; i++) {
        hold(server, i % 2 == 0 ? one : two, "/hold/" + i, "");
      }
      List<RequestStatus> requests = server.drain.status().requests();
      assertEquals(3, requests.size());
      assertTrue(requests.get(0).ageMillis() >= requests.get(1).ageMillis());
      assertTrue(requests.get(1).ageMillis() >= requests.get(2).ageMillis());
      assertEquals(
          Set.of("/hold/0", "/hold/1", "/hold/2"),
          requests.stream().map(RequestStatus::path).collect(Collectors.toSet()));
      List.of("/hold/0", "/hold/1", "/hold/2").forEach(server.handler::release);
      Eventually.await("answered", () -> server.drain.getStreamsInFlight() == 0);
    }
  }

  @Test
  void timeline_hasALaneForEachSessionAndABarForEachStream() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c().withObeyGoAway(false))) {
      int held = hold(server, peer, "/hold/a", "");
      CompletableFuture<Void> stopped = server.stop();
      awaitCut(peer, 1);
      int late = peer.request("GET", "/late", Map.of(), true);
      peer.response(late).get(20, TimeUnit.SECONDS);
      DrainTimeline during = server.drain.status().timeline();
      Bar inFlight = during.streams().get(1);
      assertEquals(End.IN_FLIGHT, inFlight.end());
      assertEquals("GET /hold/a", inFlight.label());
      assertTrue(inFlight.from() <= 0, inFlight::toString);
      assertEquals(-1, inFlight.to());
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      stopped.get(20, TimeUnit.SECONDS);
      DrainTimeline timeline = server.drain.status().timeline();
      assertTrue(timeline.complete());
      Lane lane = timeline.sessions().get(0);
      assertTrue(
          0 <= lane.announced()
              && lane.announced() <= lane.cut()
              && lane.cut() <= lane.fin()
              && lane.fin() <= lane.closed(),
          lane::toString);
      assertEquals(
          List.of(End.REFUSED, End.COMPLETED), timeline.streams().stream().map(Bar::end).toList());
    }
  }

  @Test
  void jfrEvents_tellTheStoryOfADrain() throws Exception {
    Path file = directory.resolve("drain.jfr");
    try (Recording recording = new Recording()) {
      recording.start();
      DrainPolicy policy = DrainPolicy.DEFAULT.withTimeout(3000);
      try (DrainedServer server = DrainedServer.start(policy);
          RawPeer peer = RawPeer.connect(server.h2c().withObeyGoAway(false))) {
        hold(server, peer, "/hold/a", "?secret");
        CompletableFuture<Void> stopped = server.stop();
        awaitCut(peer, 1);
        int late = peer.request("GET", "/late", Map.of(), true);
        assertEquals(Fate.REFUSED, peer.response(late).get(20, TimeUnit.SECONDS).fate());
        stopped.get(20, TimeUnit.SECONDS);
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("io.http2drain."))
            .toList();
    assertEquals(
        Set.of(
            "SessionAnnounced",
            "SessionCut",
            "StreamRefused",
            "StreamCut",
            "SessionClosed",
            "DrainFinished"),
        events.stream()
            .map(event -> event.getEventType().getName().substring("io.http2drain.".length()))
            .collect(Collectors.toSet()));
    assertEquals(6, events.size(), events::toString);
    for (RecordedEvent event : events) {
      assertEquals(List.of("HTTP/2 drain"), event.getEventType().getCategoryNames());
      switch (event.getEventType().getName()) {
        case "io.http2drain.SessionCut" -> {
          assertEquals(1, event.getInt("lastStream"));
          assertEquals(1, event.getInt("streamsInFlight"));
        }
        case "io.http2drain.SessionClosed" -> {
          assertTrue(event.getString("remoteAddress").startsWith("127.0.0.1:"));
          assertTrue(event.getDuration("leaving").toMillis() > 0);
        }
        case "io.http2drain.StreamRefused" -> assertEquals(3, event.getInt("stream"));
        case "io.http2drain.StreamCut" -> assertEquals("/hold/a", event.getString("path"));
        case "io.http2drain.DrainFinished" -> {
          assertEquals(1L, event.getLong("cut"));
          assertEquals(1L, event.getLong("refused"));
          assertTrue(event.getDuration("elapsed").toMillis() >= 3000);
        }
        default -> {}
      }
    }
  }

  @Test
  void reportFile_isReplacedByEachDrain() throws Exception {
    Path file = directory.resolve("report.json");
    Files.writeString(file, "what was there");
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    server.drain.setReportFile(file);
    server.server.start();
    try (server;
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a", "?secret");
      CompletableFuture<Void> stopped = server.stop();
      awaitCut(peer, 1);
      assertEquals("what was there", Files.readString(file));
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      stopped.get(20, TimeUnit.SECONDS);
      String json = Files.readString(file); // It is there when the stop is over.
      assertEquals(1L, parse(json, "sessions"));
      assertEquals(1L, parse(json, "completed"));
      assertEquals(0L, parse(json, "cut"));
      assertEquals(false, parse(json, "undone"));
      assertEquals("GET /hold/a", parse(parse(parse(json, "timeline"), "streams", 0), "label"));
      assertFalse(json.contains("secret"), json);
      try (var files = Files.list(directory)) {
        assertEquals(List.of(file), files.toList());
      }
    }
  }

  @Test
  void reportFileThatCannotBeWritten_failsTheStart() {
    for (String bad : List.of(directory.toString(), directory.resolve("no/such").toString())) {
      Throwable x =
          assertThrows(
              IllegalArgumentException.class,
              () -> DrainModule.install(new Server(), Map.of("drain.report", bad)));
      assertTrue(
          x.getMessage().startsWith("drain.report: " + bad + " (expected: a file that can be"),
          x::getMessage);
    }
  }

  @Test
  void jmx_showsAndSteersADrain() throws Exception {
    MBeanServer beans = MBeanServerFactory.newMBeanServer();
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    server.server.addBean(new MBeanContainer(beans));
    server.server.start();
    try (server;
        RawPeer peer = RawPeer.connect(server.h2c())) {
      ObjectName name =
          beans.queryNames(new ObjectName("io.http2drain:type=drain,*"), null).iterator().next();
      int held = hold(server, peer, "/hold/a", "?secret");
      assertEquals(true, beans.getAttribute(name, "ready"));
      assertEquals("SERVING", beans.getAttribute(name, "phase"));
      assertEquals(-1L, beans.getAttribute(name, "millisToDeadline"));
      String[] string = {"java.lang.String"};
      String port = Integer.toString(server.clear.getLocalPort());
      beans.invoke(name, "startConnectorDrain", new Object[] {port}, string);
      awaitCut(peer, 1);
      assertEquals(false, beans.getAttribute(name, "ready"));
      assertEquals("DRAINING", beans.getAttribute(name, "phase"));
      assertTrue((long) beans.getAttribute(name, "millisToDeadline") > 0);
      String oldest = (String) ((List<?>) beans.getAttribute(name, "oldestRequests")).get(0);
      assertTrue(oldest.startsWith("GET /hold/a after "), oldest);
      assertEquals(true, beans.invoke(name, "undoConnectorDrain", new Object[] {port}, string));
      assertEquals(true, beans.getAttribute(name, "ready"));
      beans.invoke(name, "startDrain", null, null);
      assertEquals(true, beans.invoke(name, "undoDrain", null, null));
      String address = "127.0.0.1:" + peer.localPort();
      assertEquals(false, beans.invoke(name, "undoSessionDrain", new Object[] {address}, string));
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
    }
  }

  @SuppressWarnings("unchecked")
  private static Object parse(Object json, String name) {
    Object object = json instanceof String text ? new JSON().fromJSON(text) : json;
    return Objects.requireNonNull(((Map<String, Object>) object).get(name), name);
  }

  private static Object parse(Object json, String name, int index) {
    return ((Object[]) parse(json, name))[index];
  }
}
