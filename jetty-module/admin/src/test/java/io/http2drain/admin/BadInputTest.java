package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPhase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import javax.management.ObjectName;
import org.eclipse.jetty.util.ajax.JSON;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing that is wrong is taken for something else, drains anything, or is answered with more than
 * its status.
 */
@Timeout(60)
class BadInputTest {

  private static final String JSON_BODY = "Content-Type: application/json\n" + AdminRig.BEARER;

  private static AdminRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = AdminRig.start(AdminRig.GUARDED);
  }

  @AfterAll
  static void stop() throws Exception {
    rig.close();
  }

  @AfterEach
  void nothingDrains() {
    assertTrue(rig.drain.isReady());
    assertEquals(DrainPhase.SERVING, rig.drain.status().phase());
    assertNull(rig.drain.report());
  }

  private static void assertPlain(int status, Answer answer) {
    assertEquals(status, answer.status(), answer::toString);
    String all = (answer.headers() + answer.body()).toLowerCase(Locale.ROOT);
    for (String leak : new String[] {"jetty", "exception", "\tat ", "java.", "x-secret"}) {
      assertFalse(all.contains(leak), answer::toString);
    }
    assertEquals("no-store", answer.header("cache-control"));
    assertEquals("nosniff", answer.header("x-content-type-options"));
    assertTrue(answer.header("content-security-policy").contains("default-src 'none'"));
    assertEquals("application/json", answer.header("content-type"));
    assertTrue(new JSON().fromJSON(answer.body()) instanceof java.util.Map<?, ?>, answer::body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer wrong-horse-battery-staple",
        "Authorization: Bearer correct-horse-battery-stapl",
        "Authorization: Bearer correct-horse-battery-staple-",
        "Authorization: Bearer Correct-horse-battery-staple",
        "Authorization: Bearer",
        "Authorization: Bearer ",
        "Authorization: correct-horse-battery-staple",
        "Authorization: Basic correct-horse-battery-staple",
        "Authorization: Bearercorrect-horse-battery-staple",
        "Authorization: Bearer correct-horse-battery-staple\nAuthorization: Bearer x",
        "Authorization: Bearer correct-horse-battery-staple, Bearer x",
        "X-Secret: correct-horse-battery-staple",
        "",
      })
  void wrongToken_is401(String header) throws IOException {
    for (String target : new String[] {"/drain", "/sessions/1/drain"}) {
      for (String method : new String[] {"POST", "DELETE"}) {
        Answer answer = rig.send(method, target, header, "");
        assertPlain(401, answer);
        assertEquals("Bearer realm=\"drain\"", answer.header("www-authenticate"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/none",
        "/drain/",
        "/DRAIN",
        "/ready/x",
        "/sessions",
        "/sessions/",
        "/sessions/drain",
        "/sessions/1",
        "/sessions/1/2/drain",
        "/page.html",
        "/live/page.js",
        "/module-info.class",
      })
  void unknownPath_is404(String target) throws IOException {
    for (String method : new String[] {"GET", "POST", "DELETE"}) {
      assertPlain(404, rig.send(method, target, AdminRig.BEARER, ""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "0", "-1", "x", "99999999999999999999", "127.0.0.1:1", "%5B::1%5D:80", "%00"})
  void unknownSession_is404(String session) throws IOException {
    for (String method : new String[] {"POST", "DELETE"}) {
      Answer answer = rig.send(method, "/sessions/" + session + "/drain", AdminRig.BEARER, "");
      if (session.equals("%00")) {
        assertPlain(400, answer); // Jetty's own.
      } else {
        assertPlain(404, answer);
      }
    }
  }

  @Test
  void unknownConnector_is404() throws IOException {
    assertPlain(404, rig.send("POST", "/drain", JSON_BODY, "{\"connector\":\"none\"}"));
    assertPlain(404, rig.send("DELETE", "/drain?connector=none", AdminRig.BEARER, ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/ready|GET, HEAD",
        "DELETE|/metrics|GET, HEAD",
        "PUT|/|GET, HEAD",
        "POST|/page.js|GET, HEAD",
        "PUT|/drain|GET, HEAD, POST, DELETE",
        "PATCH|/drain|GET, HEAD, POST, DELETE",
        "OPTIONS|/drain|GET, HEAD, POST, DELETE",
        "TRACE|/drain|GET, HEAD, POST, DELETE",
        "post|/drain|GET, HEAD, POST, DELETE",
        "GET|/sessions/1/drain|POST, DELETE",
        "HEAD|/sessions/1/drain|POST, DELETE",
        "BREW|/ready|GET, HEAD",
      })
  void wrongMethod_is405WithAllow(String method, String target, String allow) throws IOException {
    Answer answer = rig.send(method, target, AdminRig.BEARER, "");
    assertEquals(405, answer.status(), answer::toString);
    assertEquals(allow, answer.header("allow"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "}",
        "[]",
        "null",
        "true",
        "7",
        "\"all\"",
        "{\"connector\"}",
        "{\"connector\":}",
        "{\"connector\":1}",
        "{\"connector\":null}",
        "{\"connector\":\"\"}",
        "{\"connector\":[\"a\"]}",
        "{\"connector\":{\"connector\":\"a\"}}",
        "{\"connector\":\"a\",\"connector\":\"b\"}",
        "{\"connector\":\"a\"}x",
        "{\"connector\":\"a\"}{}",
        "{\"Connector\":\"a\"}",
        "{\"conector\":\"a\"}",
        "{\"class\":\"io.http2drain.DrainTotals\"}",
        "{\"x-class\":\"java.lang.Runtime\"}",
        "{} /* */",
        "connector=a",
        "\u0000",
        " ",
      })
  void malformedJson_is400(String content) throws IOException {
    assertPlain(400, rig.send("POST", "/drain", JSON_BODY, content));
  }

  @Test
  void deeplyNestedJson_is400() throws IOException {
    assertPlain(400, rig.send("POST", "/drain", JSON_BODY, "[".repeat(1024)));
    assertPlain(400, rig.send("POST", "/drain", JSON_BODY, "{\"connector\":".repeat(78)));
  }

  @Test
  void otherContentType_is415() throws IOException {
    String form = "Content-Type: application/x-www-form-urlencoded\n" + AdminRig.BEARER;
    assertPlain(415, rig.send("POST", "/drain", form, "{}"));
    assertPlain(415, rig.send("POST", "/drain", AdminRig.BEARER, "{}"));
    assertPlain(
        415, rig.send("POST", "/drain", "Content-Type: text/plain\n" + AdminRig.BEARER, "{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "conector=a",
        "connector",
        "connector=",
        "connector=a&connector=b",
        "connector=a&x=1",
        "connector=%zz",
        "connector=%",
        "=a",
        "&",
        "all",
      })
  void malformedQuery_is400(String query) throws IOException {
    assertPlain(400, rig.send("DELETE", "/drain?" + query, AdminRig.BEARER, ""));
  }

  @Test
  void queryOrContentInTheWrongPlace_is400() throws IOException {
    assertPlain(400, rig.send("POST", "/drain?connector=x", AdminRig.BEARER, ""));
    assertPlain(400, rig.send("POST", "/sessions/1/drain?x", AdminRig.BEARER, ""));
    assertPlain(400, rig.send("POST", "/sessions/1/drain", JSON_BODY, "{\"connector\":\"a\"}"));
    assertPlain(400, rig.send("DELETE", "/drain", JSON_BODY, "{}"));
    assertPlain(400, rig.send("DELETE", "/sessions/1/drain?connector=a", AdminRig.BEARER, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /ready HTTP/1.1\r\n\r\n",
        "GET /ready HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/..;/ready HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /ready\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET ready HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /drain HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /drain HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /drain HTTP/1.1\r\nHost: a\r\nX-Secret : 1\r\n\r\n",
        "\u0016\u0003\u0001\u0002\r\n\r\n",
      })
  void whatIsNoRequest_is400(String bytes) throws IOException {
    try (Client client = new Client(rig.port())) {
      client.write(bytes);
      assertPlain(400, client.read());
    }
  }

  @Test
  void headTooLarge_is431() throws IOException {
    assertPlain(431, rig.send("GET", "/ready", "X-Secret: " + "s".repeat(20_000), ""));
    assertPlain(414, rig.send("GET", "/" + "p".repeat(20_000), "", ""));
  }

  @Test
  void http2Preface_isNotServed() throws IOException {
    try (Client client = new Client(rig.port())) {
      client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      assertTrue(client.read().status() >= 400);
    }
  }

  @Test
  void oneByteTooMany_is413() throws IOException {
    String fits = "{}" + " ".repeat(1021);
    assertPlain(400, rig.send("POST", "/drain", JSON_BODY, fits + "x"));
    assertPlain(413, rig.send("POST", "/drain", JSON_BODY, fits + " x"));
    String chunked = JSON_BODY + "\nTransfer-Encoding: chunked";
    String tooMany = "400\r\n" + fits + "x\r\n1\r\nx\r\n0\r\n\r\n";
    assertPlain(413, rig.send("POST", "/drain", chunked, tooMany));
    assertPlain(413, rig.send("DELETE", "/drain", JSON_BODY, fits + " x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 10485760", "Transfer-Encoding: chunked"})
  void tenMegabytes_are413AndNotKept(String framing) throws Exception {
    // Few and large: each time that it has read all there is, Jetty may allocate.
    byte[] block = new byte[1024 * 1024];
    Arrays.fill(block, (byte) ' ');
    long before = usedByThreads();
    try (Client client = new Client(rig.port())) {
      client.write(Client.head("POST", "/drain", JSON_BODY + "\n" + framing, 0));
      boolean chunked = framing.endsWith("chunked");
      for (int i = 0; i < 10; i++) {
        client.write(chunked ? "100000\r\n" : "");
        client.write(block);
        client.write(chunked ? "\r\n" : "");
      }
      client.write(chunked ? "0\r\n\r\n" : "");
      Answer answer = client.read();
      assertPlain(413, answer);
      assertEquals("close", answer.header("connection"));
      assertTrue(client.isClosedByServer());
    }
    assertTrue(usedByThreads() - before < 5_000_000, "allocated as much as was sent");
  }

  /** What the admin's threads have allocated, in bytes. */
  private static long usedByThreads() throws Exception {
    long[] ids =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("drain-admin"))
            .mapToLong(Thread::getId)
            .toArray();
    Object bytes =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
                "getThreadAllocatedBytes",
                new Object[] {ids},
                new String[] {long[].class.getName()});
    return Arrays.stream((long[]) bytes).filter(n -> n > 0).sum();
  }

  @Test
  void tenMegabytesThatWaitForOurWord_areNeverSent() throws IOException {
    try (Client client = new Client(rig.port())) {
      String headers = JSON_BODY + "\nExpect: 100-continue\nContent-Length: 10485760";
      client.write(Client.head("POST", "/drain", headers, 0));
      assertPlain(413, client.read());
      assertTrue(client.isClosedByServer());
    }
  }
}
