package io.http2drain.peer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each fate, against a server that writes the frames by hand. */
@Timeout(30)
class FateTest {
  /** Opens {@code streams} requests; the script runs when the server has read them all. */
  private static List<PeerResponse> responses(int streams, ScriptedServer.Script script)
      throws Exception {
    return responses(streams, Duration.ZERO, script);
  }

  private static List<PeerResponse> responses(
      int streams, Duration roundTrip, ScriptedServer.Script script) throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                wire -> {
                  wire.write(ScriptedServer.SETTINGS, 0, 0);
                  for (int i = 0; i < streams; i++) {
                    wire.readUntil(ScriptedServer.HEADERS);
                  }
                  script.run(wire);
                });
        RawPeer peer = RawPeer.connect(server.options().withAddedRoundTrip(roundTrip))) {
      List<PeerResponse> responses = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        peer.request("GET", "/", Map.of(), true);
      }
      for (int i = 0; i < streams; i++) {
        responses.add(peer.response(2 * i + 1).get(10, SECONDS));
      }
      peer.close();
      server.await();
      return responses;
    }
  }

  private static Fate fate(ScriptedServer.Script script) throws Exception {
    return responses(1, script).get(0).fate();
  }

  @ParameterizedTest
  @CsvSource({
    "200,OK",
    "204,OK",
    "304,OK",
    "404,CLIENT_ERROR",
    "429,CLIENT_ERROR",
    "500,SERVER_ERROR",
    "503,SERVER_ERROR"
  })
  void fate_completeAnswer_followsTheStatus(int status, Fate expected) throws Exception {
    PeerResponse response =
        responses(1, wire -> wire.status(1, ScriptedServer.END_STREAM, status)).get(0);
    assertEquals(expected, response.fate());
    assertEquals(status, response.status());
  }

  @Test
  void fate_resetRefusedStream_isRefused() throws Exception {
    PeerResponse response = responses(1, wire -> wire.reset(1, 7)).get(0);
    assertEquals(Fate.REFUSED, response.fate());
    assertEquals(7, response.errorCode());
  }

  @Test
  void fate_resetCancelAfterHeaders_isResetWithItsCode() throws Exception {
    PeerResponse response =
        responses(
                1,
                wire -> {
                  wire.status(1, 0, 200);
                  wire.reset(1, 8);
                })
            .get(0);
    assertEquals(Fate.RESET, response.fate());
    assertEquals(8, response.errorCode());
    assertEquals(200, response.status());
    assertTrue(response.toString().contains("CANCEL"), response::toString);
  }

  @Test
  void fate_resetNoErrorAfterCompleteAnswer_staysOk() throws Exception {
    assertEquals(
        Fate.OK,
        fate(
            wire -> {
              wire.status(1, ScriptedServer.END_STREAM, 200);
              wire.reset(1, 0);
            }));
  }

  @Test
  void fate_closeAfterGoAwayBetween_isLostBelowAndRefusedAbove() throws Exception {
    List<PeerResponse> responses = responses(2, wire -> wire.goAway(1));
    assertEquals(Fate.LOST, responses.get(0).fate());
    assertEquals(Fate.REFUSED, responses.get(1).fate());
  }

  @Test
  void fate_closeOverARoundTrip_isTheSame() throws Exception {
    List<PeerResponse> responses = responses(2, Duration.ofMillis(60), wire -> wire.goAway(1));
    assertEquals(Fate.LOST, responses.get(0).fate());
    assertEquals(Fate.REFUSED, responses.get(1).fate());
  }

  @Test
  void fate_closeAfterTwoGoAways_countsTheLatest() throws Exception {
    List<PeerResponse> responses =
        responses(
            2,
            wire -> {
              wire.goAway(2147483647);
              wire.goAway(1);
              wire.status(1, ScriptedServer.END_STREAM, 200);
            });
    assertEquals(Fate.OK, responses.get(0).fate());
    assertEquals(Fate.REFUSED, responses.get(1).fate());
  }

  @Test
  void fate_closeAfterGoAwayThatInvitesAll_isLost() throws Exception {
    assertEquals(Fate.LOST, fate(wire -> wire.goAway(2147483647)));
  }

  @Test
  void fate_closeAfterGoAwayZero_isRefused() throws Exception {
    assertEquals(Fate.REFUSED, fate(wire -> wire.goAway(0)));
  }

  @Test
  void fate_closeWithoutGoAway_isLost() throws Exception {
    assertEquals(Fate.LOST, fate(wire -> {}));
  }

  @Test
  void fate_closeInTheMiddleOfTheAnswer_isLost() throws Exception {
    PeerResponse response =
        responses(
                1,
                wire -> {
                  wire.status(1, 0, 200);
                  wire.write(ScriptedServer.DATA, 0, 1, bytes("half"));
                })
            .get(0);
    assertEquals(Fate.LOST, response.fate());
    assertEquals(4, response.bytes());
  }

  @ParameterizedTest
  @CsvSource({"4,LOST", "5,OK", "6,LOST"})
  void fate_contentLength_mustAgreeWithTheBytes(int length, Fate expected) throws Exception {
    assertEquals(
        expected,
        fate(
            wire -> {
              wire.okWithLength(1, length);
              wire.write(ScriptedServer.DATA, ScriptedServer.END_STREAM, 1, bytes("hello"));
            }));
  }

  @Test
  void fate_informationalAnswerFirst_countsTheFinalOne() throws Exception {
    PeerResponse response =
        responses(
                1,
                wire -> {
                  wire.status(1, 0, 103);
                  wire.status(1, 0, 200);
                  wire.write(ScriptedServer.DATA, 0, 1, bytes("a"));
                  // RFC 7541: a literal field "x: y", not indexed.
                  byte[] trailer = {0, 1, 'x', 1, 'y'};
                  int flags = ScriptedServer.END_HEADERS | ScriptedServer.END_STREAM;
                  wire.write(ScriptedServer.HEADERS, flags, 1, trailer);
                })
            .get(0);
    assertEquals(Fate.OK, response.fate());
    assertEquals(200, response.status());
    assertEquals("a", response.text());
    assertEquals(Map.of("x", "y"), response.trailers());
  }

  @Test
  void fate_serverHalfCloses_isKnownThoughThePeerLingers() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                wire -> {
                  wire.readUntil(ScriptedServer.HEADERS);
                  wire.shutdownOutput();
                  wire.readToEnd();
                });
        RawPeer peer = RawPeer.connect(server.options().withCloseOnFin(false))) {
      int stream = peer.request("GET", "/", Map.of(), true);
      assertEquals(Fate.LOST, peer.response(stream).get(10, SECONDS).fate());
      assertFalse(peer.isOpen());
      int late = peer.request("GET", "/", Map.of(), true);
      assertEquals(Fate.LOST, peer.response(late).get(10, SECONDS).fate());
      peer.close();
      server.await();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
