package io.http2drain.stop;

import static io.http2drain.demo.Trial.Listener.H2;
import static io.http2drain.demo.Trial.Listener.H2C;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.demo.Outcome;
import io.http2drain.demo.Scenario;
import io.http2drain.demo.Trial;
import io.http2drain.demo.Trial.Listener;
import io.http2drain.home.JettyBase;
import io.http2drain.peer.Fate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The packed archive in a real jetty-home, ended by SIGTERM under load; every request is accounted
 * for.
 */
@Timeout(120)
class ScenarioIT {

  private static JettyBase ours;
  private static JettyBase withGraceful;

  @BeforeAll
  static void bases(@TempDir Path directory) throws IOException, InterruptedException {
    ours =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .drain()
            .create(directory.resolve("ours"));
    withGraceful =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .modules(List.of("graceful"))
            .drain()
            .create(directory.resolve("graceful"));
  }

  private static Outcome run(Scenario scenario, JettyBase base, Listener... listeners)
      throws IOException, InterruptedException {
    Outcome outcome = Trial.run(scenario, base, List.of(listeners));
    System.out.println(scenario.name() + " " + List.of(listeners) + ": " + outcome);
    return outcome;
  }

  /** Nothing lost, nothing sent away, nothing run twice. */
  private static void assertAllServed(Outcome outcome) {
    String context = outcome + "\n" + outcome.log();
    assertTrue(outcome.ok() > 0, context);
    assertEquals(0, outcome.lost(), context);
    assertEquals(0, outcome.retry(), context);
    assertEquals(0, outcome.runTwice(), context);
    assertEquals(143, outcome.exitStatus(), context);
  }

  @ParameterizedTest
  @CsvSource({"H2,0", "H2,50", "H2C,0", "H2C,50"})
  void busyConnections_loseNothingAndAreRefusedNothing(Listener listener, int roundTripMillis)
      throws Exception {
    Scenario scenario = Scenario.busy(50, 5, Duration.ofMillis(roundTripMillis));
    assertAllServed(run(scenario, ours, listener));
  }

  @ParameterizedTest
  @EnumSource(Listener.class)
  void twoThousandConnections_loseNothingAndAreRefusedNothing(Listener listener) throws Exception {
    Scenario scenario =
        Scenario.busy(2000, 1, Duration.ZERO)
            // Two client threads acknowledge 4000 PINGs: past the time-out a session is cut.
            .with("drain.pingTimeout", "10000")
            // Of the default, 50, the kernel is out while Jetty has no processor; what it remembers
            // in SYN cookies then it may forget.
            .with("jetty.http.acceptQueueSize", "4096")
            .with("jetty.ssl.acceptQueueSize", "4096");
    assertAllServed(run(scenario, ours, listener));
  }

  @ParameterizedTest
  @EnumSource(Listener.class)
  void silentRequests_areAllAnsweredAndTheStopEndsWithTheLast(Listener listener) throws Exception {
    Outcome outcome = run(Scenario.silent(20, Duration.ofSeconds(3)), ours, listener);
    assertAllServed(outcome);
    assertEquals(20, outcome.ok());
    assertTrue(outcome.afterLastAnswer().toMillis() <= 300, outcome::toString);
  }

  @ParameterizedTest
  @CsvSource({"H2,jetty.ssl.idleTimeout", "H2C,jetty.http.idleTimeout"})
  void requestsThatAreSilentForLongerThanTheIdleTimeout_areAllAnswered(
      Listener listener, String property) throws Exception {
    Scenario scenario = Scenario.silent(20, Duration.ofSeconds(5)).with(property, "2000");
    Outcome outcome = run(scenario, ours, listener);
    assertAllServed(outcome);
    assertEquals(20, outcome.ok());
    assertTrue(outcome.afterLastAnswer().toMillis() <= 300, outcome::toString);
  }

  @ParameterizedTest
  @EnumSource(Listener.class)
  void uploadsOverAWan_areComplete(Listener listener) throws Exception {
    Outcome outcome = run(Scenario.uploads(), ours, listener);
    assertAllServed(outcome);
    assertEquals(20, outcome.ok());
  }

  @ParameterizedTest
  @EnumSource(Listener.class)
  void downloadsToASlowReader_areComplete(Listener listener) throws Exception {
    Outcome outcome = run(Scenario.downloads(), ours, listener);
    assertAllServed(outcome);
    assertEquals(2, outcome.ok());
  }

  @ParameterizedTest
  @EnumSource(Listener.class)
  void clientsThatIgnoreGoAway_areRefusedAndDoNotHoldTheStop(Listener listener) throws Exception {
    Outcome outcome = run(Scenario.deaf(), ours, listener);
    String context = outcome + "\n" + outcome.log();
    assertTrue(outcome.ok() > 0, context);
    assertTrue(outcome.retry() > 0, context);
    assertEquals(0, outcome.counts().get(Fate.SERVER_ERROR), context); // Never a 503.
    assertEquals(0, outcome.lost(), context);
    assertEquals(0, outcome.runTwice(), context);
    assertTrue(outcome.stop().toMillis() < 4000, context);
  }

  @Test
  void idleClientsThatNeverClose_holdTheStopForTheLingerOnly() throws Exception {
    Outcome outcome = run(Scenario.idle(true), ours, H2, H2C);
    assertTrue(outcome.stop().toMillis() < 1500, outcome::toString);
  }

  @Test
  void idleClientsThatClose_doNotHoldTheStop() throws Exception {
    Outcome outcome = run(Scenario.idle(false), ours, H2, H2C);
    assertTrue(outcome.stop().toMillis() < 500, outcome::toString);
  }

  @ParameterizedTest
  @CsvSource({"H2,0", "H2,50", "H2C,0", "H2C,50"})
  void busyConnectionsBesideJettysGracefulModule_loseNothing(Listener listener, int roundTripMillis)
      throws Exception {
    Scenario scenario = Scenario.busy(50, 5, Duration.ofMillis(roundTripMillis));
    assertAllServed(run(scenario, withGraceful, listener));
  }

  @Test
  void silentRequestsBesideJettysGracefulModule_areAllAnswered() throws Exception {
    Outcome outcome = run(Scenario.silent(20, Duration.ofSeconds(3)), withGraceful, H2, H2C);
    assertAllServed(outcome);
    assertEquals(40, outcome.ok());
    assertTrue(outcome.afterLastAnswer().toMillis() <= 300, outcome::toString);
  }
}
