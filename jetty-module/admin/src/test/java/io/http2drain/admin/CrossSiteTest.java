package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator's browser that shows another site's page does nothing for that page. */
@Timeout(60)
class CrossSiteTest {

  private static AdminRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = AdminRig.start(AdminRig.OPEN);
  }

  @AfterAll
  static void stop() throws Exception {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:9",
        "Origin: http://localhost",
        "Origin: http://127.0.0.1.evil.example",
        "Origin: ftp://127.0.0.1",
        "Origin: http://127.0.0.1\nOrigin: http://evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: cross-site\nOrigin: http://127.0.0.1",
        "Sec-Fetch-Site: same-origin\nOrigin: http://evil.example",
        // A form, and a script with what needs no preflight.
        "Origin: http://evil.example\nContent-Type: application/x-www-form-urlencoded",
        "Origin: http://evil.example\nContent-Type: text/plain",
      })
  void requestOfAnotherPage_changesNothing(String headers) throws Exception {
    for (String target : new String[] {"/drain", "/sessions/1/drain"}) {
      for (String method : new String[] {"POST", "DELETE"}) {
        Answer answer = rig.send(method, target, headers, "");
        assertEquals(403, answer.status(), answer::toString);
      }
    }
    assertTrue(rig.drain.isReady());
    assertNull(rig.drain.report());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8081",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "169.254.169.254",
        "0.0.0.0",
        "[::2]",
        "evil.example\nOrigin: http://evil.example\nSec-Fetch-Site: same-origin",
      })
  void pageOfAReboundName_readsAndChangesNothing(String host) throws Exception {
    for (String target : new String[] {"/", "/drain", "/metrics", "/page.js"}) {
      assertEquals(403, rig.send("GET", target, "Host: " + host, "").status(), target);
    }
    assertEquals(403, rig.send("POST", "/drain", "Host: " + host, "").status());
    assertEquals(403, rig.send("DELETE", "/drain", "Host: " + host, "").status());
    assertEquals(200, rig.send("GET", "/ready", "Host: " + host, "").status());
    assertTrue(rig.drain.isReady());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:9",
        "127.0.0.1:1",
        "127.1.2.3",
        "[::1]:8081",
        "drain.localhost"
      })
  void loopbackNames_areServed(String host) throws Exception {
    assertEquals(200, rig.send("GET", "/drain", "Host: " + host, "").status());
  }

  @Test
  void requestWithoutHost_isServed() throws Exception {
    try (Client client = new Client(rig.port())) {
      client.write("GET /ready HTTP/1.0\r\n\r\n");
      assertEquals(200, client.read().status());
    }
  }

  @Test
  void preflight_getsNoPermission() throws Exception {
    String headers = "Origin: http://evil.example\nAccess-Control-Request-Method: DELETE";
    Answer answer = rig.send("OPTIONS", "/drain", headers, "");
    assertEquals(405, answer.status());
    assertFalse(answer.headers().keySet().stream().anyMatch(name -> name.startsWith("access-")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/drain", "/sessions/1/drain", "/", "/ready", "/metrics"})
  void get_neverChangesAnything(String target) throws Exception {
    for (String method : new String[] {"GET", "HEAD"}) {
      for (String headers :
          new String[] {"", "X-HTTP-Method-Override: POST", "X-Method-Override: DELETE"}) {
        Answer unused = rig.send(method, target + "?_method=POST&method=POST", headers, "");
      }
    }
    assertTrue(rig.drain.isReady());
    assertNull(rig.drain.report());
  }

  @Test
  void withAToken_otherHostsAreServed() throws Exception {
    try (AdminRig guarded = AdminRig.start(AdminRig.GUARDED)) {
      assertEquals(200, guarded.send("GET", "/drain", "Host: node7.example", "").status());
      String page = AdminRig.BEARER + "\nHost: node7.example\nOrigin: http://evil.example";
      assertEquals(403, guarded.send("POST", "/drain", page, "").status());
      assertTrue(guarded.drain.isReady());
    }
  }
}
