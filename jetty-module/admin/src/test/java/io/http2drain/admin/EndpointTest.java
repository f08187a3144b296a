package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.ajax.JSON;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each endpoint answers, and does. */
@Timeout(60)
class EndpointTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String AS_JSON = "Content-Type: application/json; charset=utf-8";

  private AdminRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = AdminRig.start(AdminRig.OPEN);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private static Map<?, ?> json(Answer answer) {
    // Jetty's reader would make records of what names their class.
    String plain = answer.body().replaceAll("\"class\":\"[^\"]*\",?", "");
    return (Map<?, ?>) new JSON().fromJSON(plain);
  }

  private Map<?, ?> status() throws Exception {
    Answer answer = rig.get("/drain");
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.header("content-type"));
    return json(answer);
  }

  private Map<?, ?> first(String name) throws Exception {
    Object[] all = Objects.requireNonNull((Object[]) status().get(name));
    return (Map<?, ?>) all[0];
  }

  @Test
  void ready_says200WhileServingAnd503WithThePhase() throws Exception {
    assertEquals(200, rig.get("/ready").status());
    assertEquals("ready\n", rig.get("/ready?any=query&%zz").body());
    try (RawPeer peer = rig.holdRequest("/held")) {
      var unused = rig.drain.drainServer();
      Answer answer = rig.get("/ready");
      assertEquals(503, answer.status());
      assertEquals("draining\n", answer.body());
    }
  }

  @Test
  void drain_showsTheRequestInFlightWithoutItsQuery() throws Exception {
    try (RawPeer peer = rig.holdRequest("/think?secret=1")) {
      Map<?, ?> request = first("requests");
      assertEquals("GET", request.get("method"));
      assertEquals("/think", request.get("path"));
      assertEquals("127.0.0.1:" + peer.localPort(), request.get("remoteAddress"));
      assertFalse(rig.get("/drain").body().contains("secret"));
      assertEquals("SERVING", status().get("phase"));
    }
  }

  @Test
  void postDrain_drainsTheServerAndDeleteUndoesIt() throws Exception {
    try (RawPeer peer = rig.holdRequest("/held")) {
      assertEquals("SERVING", status().get("phase")); // Shared from here on, for 250 ms.
      Answer answer = rig.send("POST", "/drain", "", "");
      assertEquals(202, answer.status());
      assertEquals("DRAINING", json(answer).get("phase")); // Not that from before.
      assertEquals(2147483647L, peer.await(FrameKind.GOAWAY, LIMIT).lastStreamId());
      assertEquals(503, rig.get("/ready").status());
      assertEquals(202, rig.send("POST", "/drain", AS_JSON, "{}").status()); // Idempotent.
      Answer undone = rig.send("DELETE", "/drain", "", "");
      assertEquals(200, undone.status());
      assertEquals(true, json(undone).get("undone"));
      assertEquals(200, rig.get("/ready").status());
      assertEquals(false, json(rig.send("DELETE", "/drain", "", "")).get("undone"));
    }
  }

  @Test
  void postDrain_drainsAConnectorByItsPort() throws Exception {
    String port = Integer.toString(rig.connector.getLocalPort());
    try (RawPeer peer = rig.holdRequest("/held")) {
      String content = " {\"connector\" : \"%s\"} ".formatted(port);
      assertEquals(202, rig.send("POST", "/drain", AS_JSON, content).status());
      var unused = peer.await(FrameKind.GOAWAY, LIMIT);
      Answer undone = rig.send("DELETE", "/drain?connector=" + port, "", "");
      assertEquals(true, json(undone).get("undone"));
      assertEquals(200, rig.get("/ready").status());
    }
  }

  @Test
  void postSessionDrain_drainsThatSessionAlone() throws Exception {
    try (RawPeer other = rig.holdRequest("/other");
        RawPeer peer = rig.holdRequest("/held")) {
      String byAddress = "/sessions/127.0.0.1:" + peer.localPort() + "/drain";
      assertEquals(202, rig.send("POST", byAddress, "", "").status());
      var unused = peer.await(FrameKind.GOAWAY, LIMIT);
      assertFalse(other.goAwaySeen());
      assertEquals(200, rig.get("/ready").status());
      Answer undone = rig.send("DELETE", byAddress, "", "");
      assertEquals(200, undone.status());
      assertEquals(true, json(undone).get("undone"));
    }
  }

  @Test
  void postSessionDrain_takesTheIdThatTheStatusGives() throws Exception {
    try (RawPeer peer = rig.holdRequest("/held")) {
      Object id = first("sessions").get("id");
      assertEquals(202, rig.send("POST", "/sessions/" + id + "/drain", AS_JSON, "{}").status());
      var unused = peer.await(FrameKind.GOAWAY, LIMIT);
    }
  }

  @Test
  void deleteDrain_duringAStop_is409() throws Exception {
    try (RawPeer peer = rig.holdRequest("/held")) {
      CompletableFuture<Void> stopped = rig.stop();
      var unused = peer.await(FrameKind.GOAWAY, LIMIT);
      Answer answer = rig.send("DELETE", "/drain", "", "");
      assertEquals(409, answer.status(), answer::toString);
      assertEquals(202, rig.send("POST", "/drain", "", "").status()); // The one under way.
      rig.application.release();
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void metrics_areOpenMetricsOrPrometheusText() throws Exception {
    try (RawPeer peer = rig.holdRequest("/held")) {
      Answer open = rig.send("GET", "/metrics", "Accept: application/openmetrics-text", "");
      assertEquals(
          "application/openmetrics-text; version=1.0.0; charset=utf-8",
          open.header("content-type"));
      assertTrue(open.body().endsWith("# EOF\n"), open::body);
      List<String> lines = open.body().lines().toList();
      for (String line :
          List.of(
              "# TYPE http2_drain_ready gauge",
              "http2_drain_ready 1.0",
              "# TYPE http2_drain_phase stateset",
              "http2_drain_phase{http2_drain_phase=\"serving\"} 1",
              "http2_drain_phase{http2_drain_phase=\"draining\"} 0",
              "http2_drain_open_sessions{state=\"open\"} 1.0",
              "http2_drain_open_sessions{state=\"cut\"} 0.0",
              "http2_drain_streams_in_flight 1.0",
              "# TYPE http2_drain_streams counter",
              "http2_drain_streams_total{outcome=\"cut\"} 0.0",
              "http2_drain_drains_total 0.0",
              "http2_drain_undone_total 0.0")) {
        assertTrue(lines.contains(line), line + " in\n" + open.body());
      }
      assertTrue(open.body().contains("\nhttp2_drain_oldest_request_age_seconds "), open::body);
      assertFalse(open.body().contains("\nhttp2_drain_deadline_seconds "), open::body);

      var unused = rig.drain.drainServer();
      Answer text = rig.send("GET", "/metrics", "Accept: */*", "");
      assertTrue(
          text.header("content-type").startsWith("text/plain; version=0.0.4"), text::toString);
      AdminRig.await("the deadline in the metrics", this::deadlineIsThere);
    }
  }

  private boolean deadlineIsThere() {
    try {
      String body = rig.get("/metrics").body();
      return body.contains("\nhttp2_drain_deadline_seconds ")
          && body.contains("\nhttp2_drain_drains_total 1.0")
          && body.contains("\nhttp2_drain_ready 0.0");
    } catch (IOException x) {
      throw new IllegalStateException(x);
    }
  }

  @Test
  void page_isWholeAndAsksNobodyElse() throws Exception {
    Answer page = rig.get("/");
    assertEquals(200, page.status());
    assertEquals("text/html;charset=utf-8", page.header("content-type"));
    assertFalse(page.body().contains("http://") || page.body().contains("https://"));
    assertFalse(page.body().matches("(?s).*( style=| on[a-z]+=|<style|<script>).*"));
    for (String file :
        List.of("page.js", "words.js", "timeline.js", "steer.js", "page.css", "icon.svg")) {
      Answer answer = rig.get("/" + file);
      assertEquals(200, answer.status(), file);
      assertFalse(answer.body().isEmpty(), file);
      assertFalse(answer.body().contains("innerHTML"), file);
      assertFalse(answer.body().contains("://") && !answer.body().contains("://www.w3.org/"), file);
    }
  }

  @Test
  void answers_haveTheHeadersThatProtectABrowser() throws Exception {
    for (String target : List.of("/", "/page.js", "/drain", "/ready", "/metrics")) {
      Answer answer = rig.get(target);
      String policy = answer.header("content-security-policy");
      assertTrue(
          policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'"), policy);
      assertTrue(policy.contains("frame-ancestors 'none'"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("nosniff", answer.header("x-content-type-options"));
      assertEquals("DENY", answer.header("x-frame-options"));
      assertEquals("no-referrer", answer.header("referrer-policy"));
      assertEquals("no-store", answer.header("cache-control"));
      assertEquals("", answer.header("server"));
      assertEquals("", answer.header("x-powered-by"));
      assertEquals("", answer.header("access-control-allow-origin"));
    }
  }

  @Test
  void head_isGetWithoutContent() throws Exception {
    for (String target : List.of("/", "/page.js", "/ready")) {
      Answer get = rig.get(target);
      try (Client client = new Client(rig.port())) {
        client.write(Client.head("HEAD", target, "Connection: close", 0));
        Answer head = client.readHead();
        assertEquals(get.status(), head.status());
        assertEquals(get.header("content-length"), head.header("content-length"));
        assertEquals(get.header("content-type"), head.header("content-type"));
        assertEquals(0, client.remaining());
      }
    }
    assertEquals(200, rig.send("HEAD", "/drain", "", "").status());
    assertEquals(200, rig.send("HEAD", "/metrics", "", "").status());
  }
}
