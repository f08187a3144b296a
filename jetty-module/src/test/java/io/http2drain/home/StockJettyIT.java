package io.http2drain.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The control: the same clients and the same accounting on a Jetty without the drop-in. Nothing is
 * lost while the server runs, so the accounting does not invent losses; requests are lost when it
 * is stopped, so the accounting sees them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(90)
class StockJettyIT {
  private Path temp;
  private JettyBase base;
  private JettyProcess running;

  @BeforeAll
  void startServer(@TempDir Path directory) throws IOException, InterruptedException {
    temp = directory;
    base =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .modules(List.of("graceful"))
            .war(GrpcWar.pack(temp))
            .create(temp.resolve("base"));
    running = JettyProcess.start(base);
  }

  @AfterAll
  void stopServer() {
    running.close();
  }

  @ParameterizedTest
  @MethodSource("io.http2drain.home.ClientCase#all")
  void client_serverNotStopped_losesNothing(ClientCase client)
      throws IOException, InterruptedException {
    try (RealClient real = client.client().get()) {
      Workload workload = real.adapt(Workload.mixed());
      RequestJournal journal = running.journal();
      int before = journal.entries(workload.prefix()).size();
      Path directory = Files.createTempDirectory(temp, "run");
      long unused = real.start(running.target(client.tls()), workload, directory);
      ClientReport report = real.finish(Duration.ofSeconds(20));
      int sent = workload.exchanges().size();
      assertEquals(List.of(), report.errors());
      assertEquals(sent, report.completed());
      assertEquals(sent, journal.entries(workload.prefix()).size() - before);
    }
  }

  /** All but nghttp by Upgrade, whose requests stock Jetty happens to keep. */
  static Stream<ClientCase> clientsThatLose() {
    return ClientCase.all().filter(client -> !client.name().equals("nghttp h2c upgrade"));
  }

  @ParameterizedTest
  @MethodSource("clientsThatLose")
  void client_stockServerStoppedWhileItThinks_losesRequests(ClientCase client)
      throws IOException, InterruptedException {
    try (JettyProcess jetty = JettyProcess.start(base)) {
      Path directory = Files.createTempDirectory(temp, "run");
      StopRehearsal stop =
          StopRehearsal.play(jetty, client, Workload.silent(), StopPath.SIGTERM, directory);
      assertFalse(stop.report().errors().isEmpty(), stop::toString);
      assertTrue(stop.report().completed() < stop.sent(), stop::toString);
    }
  }

  @Test
  void echo_stockServerStoppedInTheMiddle_answersTheSecondAndStopsLate()
      throws IOException, InterruptedException {
    try (JettyProcess jetty = JettyProcess.start(base);
        EchoClient client = new NettyEchoClient(jetty.target(true))) {
      EchoScenario played = EchoScenario.play(jetty, client);
      EchoOutcome seen = played.client();
      assertFalse(seen.secondFailed(), played::toString);
      long late = played.sinceBegin(seen.closed()) - played.sinceBegin(seen.postEnded());
      assertTrue(late > 200, played::toString);
    }
  }
}
