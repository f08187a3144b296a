package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The admin and the server it shows do not hold each other. */
@Timeout(60)
class IndependenceTest {

  @Test
  void halfSentAndIdleRequestsOfTheAdmin_doNotHoldTheStop() throws Exception {
    try (AdminRig rig = AdminRig.start(AdminRig.OPEN);
        Client half = new Client(rig.port());
        Client body = new Client(rig.port());
        Client idle = new Client(rig.port())) {
      half.write("GET /drain HTTP/1.1\r\nHost: local");
      body.write(
          "POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 500\r\n\r\n{");
      idle.write(Client.head("GET", "/ready", "", 0));
      assertEquals(200, idle.read().status());
      rig.server.stop();
      assertTrue(rig.server.isStopped());
      assertEquals(0, rig.drain.status().sessionCount());
      assertTrue(half.isClosedByServer());
      assertTrue(body.isClosedByServer());
      assertTrue(idle.isClosedByServer());
    }
  }

  @Test
  void nothingOfTheAdmin_takesPartInJettysGracefulShutdown() throws Exception {
    try (AdminRig rig = AdminRig.start(AdminRig.OPEN)) {
      for (Graceful graceful : rig.server.getContainedBeans(Graceful.class)) {
        assertFalse(graceful.toString().contains("drain-admin"), graceful::toString);
      }
      assertEquals(List.of(rig.connector), List.of(rig.server.getConnectors()));
      assertEquals(1, rig.drain.status().connectors().size());
    }
  }

  @Test
  void everyThreadOfTheServerBlocked_theAdminAnswers() throws Exception {
    try (AdminRig rig = AdminRig.start(AdminRig.OPEN)) {
      List<RawPeer> peers = new ArrayList<>();
      try {
        for (int i = 0; i < 20; i++) {
          RawPeer peer = RawPeer.connect(PeerOptions.h2c(rig.connector.getLocalPort()));
          int unused = peer.request("GET", "/block", Map.of(), true);
          peers.add(peer);
        }
        AdminRig.await(
            "no idle thread",
            () -> rig.threads.getIdleThreads() == 0 && rig.threads.getQueueSize() > 0);
        for (String target : List.of("/ready", "/drain", "/metrics", "/")) {
          assertEquals(200, rig.get(target).status(), target);
        }
        assertEquals(202, rig.send("POST", "/drain", "", "").status());
        assertEquals(503, rig.get("/ready").status());
      } finally {
        rig.application.release();
        peers.forEach(RawPeer::close);
      }
    }
  }

  @Test
  void readiness_isDownUntilTheServerHasStarted() throws Exception {
    try (AdminRig rig = new AdminRig(AdminRig.OPEN)) {
      CompletableFuture<Answer> whileStarting = new CompletableFuture<>();
      rig.server.addBean(
          new AbstractLifeCycle() {
            @Override
            protected void doStart() throws Exception {
              whileStarting.complete(rig.get("/ready"));
            }
          });
      rig.server.start();
      assertEquals(503, whileStarting.join().status());
      assertEquals("starting\n", whileStarting.join().body());
      assertEquals(200, rig.get("/ready").status());
    }
  }

  @Test
  void admin_answersUntilTheServerHasStoppedAndNoLonger() throws Exception {
    try (AdminRig rig = AdminRig.start(AdminRig.OPEN)) {
      int port = rig.port();
      CompletableFuture<Answer> atTheEnd = new CompletableFuture<>();
      rig.connector.addEventListener(
          new LifeCycle.Listener() {
            @Override
            public void lifeCycleStopped(LifeCycle event) {
              try {
                atTheEnd.complete(rig.get("/ready"));
              } catch (IOException x) {
                throw new IllegalStateException(x);
              }
            }
          });
      rig.server.stop();
      assertEquals(503, atTheEnd.getNow(new Answer(0, Map.of(), "")).status());
      assertThrows(ConnectException.class, () -> Client.get(port, "/ready"));
      assertTrue(rig.port() < 0);
      rig.server.start();
      assertEquals(200, rig.get("/ready").status());
      assertEquals(202, rig.send("POST", "/drain", "", "").status());
    }
  }

  @Test
  void takenPort_failsTheStartOfTheServer() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        AdminRig rig = new AdminRig(AdminRig.OPEN.withPort(taken.getLocalPort()))) {
      Exception x = assertThrows(Exception.class, rig.server::start);
      assertEquals(
          "drain.admin.port: " + taken.getLocalPort() + " (expected: a free port of 127.0.0.1)",
          x.getMessage());
      assertTrue(rig.server.isFailed());
      assertTrue(rig.connector.getLocalPort() < 0);
      taken.close();
      rig.server.start();
      assertEquals(200, rig.get("/ready").status());
    }
  }

  @Test
  void failedStart_leavesNoListener() throws Exception {
    try (AdminRig rig = new AdminRig(AdminRig.OPEN)) {
      AtomicInteger port = new AtomicInteger();
      rig.server.addBean(
          new AbstractLifeCycle() {
            @Override
            protected void doStart() {
              port.set(rig.port());
              throw new IllegalStateException("no");
            }
          });
      assertThrows(IllegalStateException.class, rig.server::start);
      assertThrows(ConnectException.class, () -> Client.get(port.get(), "/ready"));
    }
  }

  @Test
  void stopUnderWay_isShownByTheAdmin() throws Exception {
    try (AdminRig rig = AdminRig.start(AdminRig.OPEN);
        RawPeer peer = rig.holdRequest("/held")) {
      CompletableFuture<Void> stopped = rig.stop();
      AdminRig.await("readiness down", () -> !rig.drain.isReady());
      assertEquals(503, rig.get("/ready").status());
      assertTrue(rig.get("/drain").body().contains("\"/held\""));
      assertFalse(stopped.isDone());
      rig.application.release();
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void install_isOnceAfterTheDrainAndBeforeTheStart() throws Exception {
    try (AdminRig rig = new AdminRig(AdminRig.OPEN)) {
      assertSame(rig.admin, DrainAdmin.install(rig.server, AdminPolicy.DEFAULT));
      assertThrows(
          IllegalStateException.class, () -> DrainAdmin.install(new Server(), AdminPolicy.DEFAULT));
      rig.server.start();
      assertTrue(rig.server.dump().contains("DrainAdmin@"), rig.server::dump);
      assertNotEquals(rig.connector.getLocalPort(), rig.port());
    }
  }
}
