package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that takes its time gets no more than that of its own connection. */
@Timeout(60)
class SlowClientTest {

  private static AdminRig start(AdminLimits limits) throws Exception {
    AdminRig rig = new AdminRig(AdminRig.OPEN, limits);
    rig.server.start();
    return rig;
  }

  @Test
  void silentClient_isClosed() throws Exception {
    try (AdminRig rig = start(new AdminLimits(200, 60_000, 60_000, 100));
        Client nothing = new Client(rig.port());
        Client half = new Client(rig.port());
        Client body = new Client(rig.port())) {
      half.write("GET /drain HTT");
      body.write("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{");
      assertTrue(nothing.isClosedByServer());
      assertTrue(half.isClosedByServer());
      assertTrue(body.isClosedByServer());
      assertTrue(rig.drain.isReady());
    }
  }

  @Test
  void clientThatDribbles_isClosedAtTheEndOfItsLife() throws Exception {
    try (AdminRig rig = start(new AdminLimits(20_000, 60_000, 500, 100));
        Client client = new Client(rig.port())) {
      client.write("GET /drain HTTP/1.1\r\nHost: localhost\r\nX: ");
      AtomicInteger sent = new AtomicInteger();
      AdminRig.await("its end", () -> !dribble(client, sent));
      assertTrue(sent.get() < 4000, sent::toString); // Not by the limit of the head, 8 KB.
    }
  }

  private static boolean dribble(Client client, AtomicInteger sent) {
    try {
      client.write("x");
      sent.incrementAndGet();
      return true;
    } catch (IOException x) {
      return false;
    }
  }

  @Test
  void oldConnection_endsWithAnAnswer() throws Exception {
    try (AdminRig rig = start(new AdminLimits(20_000, 0, 60_000, 100));
        Client client = new Client(rig.port())) {
      client.write(Client.head("GET", "/ready", "", 0));
      Answer answer = client.read();
      assertEquals(200, answer.status());
      assertEquals("close", answer.header("connection"));
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void crowdOfSlowClients_isBoundedAndLeavesRoomAgain() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (AdminRig rig = start(new AdminLimits(2_000, 60_000, 60_000, 10))) {
      for (int i = 0; i < 40; i++) {
        Client client = new Client(rig.port());
        clients.add(client);
        client.write("GET /ready HTTP/1.1\r\nHo");
      }
      AdminRig.await("a full house", () -> rig.admin.connectionCount() >= 10);
      assertTrue(rig.admin.connectionCount() <= 10);
      assertEquals(200, rig.get("/ready").status()); // When those before it have been closed.
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }
}
