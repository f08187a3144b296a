package io.http2drain.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenario this project began with, on every kind of connector. */
@Timeout(90)
class EchoScenarioIT {
  /**
   * A client that is a process begins before it is read here that it did, in milliseconds. A stop
   * that does not wait ends 900 ms before this matters.
   */
  private static final long READ_LATE = 100;

  private static final Pattern DRAINED = Pattern.compile("Drained \\d+ HTTP/2 sessions in \\d+ ms");

  /** A connector and a client. */
  record Case(
      String name, boolean tls, List<String> modules, BiFunction<Target, Path, EchoClient> client) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<String> h2 = List.of("http2");
    List<String> h2AndHttp1 = List.of("http2", "https");
    List<String> h2c = List.of("http2c");
    return Stream.of(
        new Case("Node, h2", true, h2, NodeEchoClient::new),
        new Case("Node, h2 beside HTTP/1.1", true, h2AndHttp1, NodeEchoClient::new),
        new Case("Node, h2c", false, h2c, NodeEchoClient::new),
        new Case("Netty, h2", true, h2, (target, directory) -> new NettyEchoClient(target)),
        new Case(
            "Netty, h2 beside HTTP/1.1",
            true,
            h2AndHttp1,
            (target, directory) -> new NettyEchoClient(target)),
        new Case("Netty, h2c", false, h2c, (target, directory) -> new NettyEchoClient(target)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void echo_serverStoppedInTheMiddle_finishesAndNothingElseIsServed(
      Case scenario, @TempDir Path temp) throws IOException, InterruptedException {
    JettyBase base =
        JettyBase.recipe().drain().modules(scenario.modules()).create(temp.resolve("base"));
    Path directory = Files.createDirectories(temp.resolve("client"));
    try (JettyProcess jetty = JettyProcess.start(base);
        EchoClient client = scenario.client().apply(jetty.target(scenario.tls()), directory)) {
      EchoScenario played = EchoScenario.play(jetty, client);
      System.out.println(scenario + ": " + played.toString().lines().findFirst().orElseThrow());

      EchoOutcome seen = played.client();
      assertTrue(seen.firstEcho() < played.stopped(), played::toString);
      assertEquals(200, seen.post().status(), played::toString);
      assertEquals(EchoScenario.body(), seen.post().body(), played::toString);

      assertTrue(seen.secondFailed(), played::toString);
      assertTrue(played.sinceBegin(seen.secondBegan()) >= 1500 - READ_LATE, played::toString);
      assertTrue(seen.secondEnded() < seen.postEnded(), played::toString);
      long failedAfter =
          played.sinceBegin(seen.secondEnded()) - played.sinceBegin(seen.secondBegan());
      assertTrue(failedAfter <= 100, played::toString);
      assertEquals(List.of(EchoScenario.POST_ID), jetty.journal().entries(EchoScenario.PREFIX));

      OutputLog.Line drained =
          played.log().find(DRAINED).orElseThrow(() -> new AssertionError(played));
      assertStopEnds(played, drained.nanos());
      assertStopEnds(played, seen.closed());
      // The process takes its own time to stop the application and to end.
      assertTrue(played.sinceBegin(played.exited()) >= 2000 - READ_LATE, played::toString);
    }
  }

  /** Not before the POST could end, and at most 200 ms after it has. */
  private static void assertStopEnds(EchoScenario played, long nanos) {
    assertTrue(played.sinceBegin(nanos) >= 2000 - READ_LATE, played::toString);
    long afterLastStream =
        played.sinceBegin(nanos) - played.sinceBegin(played.client().postEnded());
    assertTrue(afterLastStream <= 200, played::toString);
  }
}
