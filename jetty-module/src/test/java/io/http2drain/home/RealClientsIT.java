package io.http2drain.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With the drop-in, a client whose requests are in flight when the server gets SIGTERM loses none.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(90)
class RealClientsIT {
  private Path temp;
  private JettyBase base;

  @BeforeAll
  void makeBase(@TempDir Path directory) throws IOException, InterruptedException {
    temp = directory;
    base =
        JettyBase.recipe()
            .drain()
            .modules(JettyBase.ALL_PROTOCOLS)
            .war(GrpcWar.pack(temp))
            .create(temp.resolve("base"));
  }

  @ParameterizedTest
  @MethodSource("io.http2drain.home.ClientCase#all")
  void client_serverStoppedWithRequestsInFlight_losesNothing(ClientCase client)
      throws IOException, InterruptedException {
    client.knownLimit().run();
    try (JettyProcess jetty = JettyProcess.start(base)) {
      Path directory = Files.createTempDirectory(temp, "run");
      StopRehearsal.play(jetty, client, Workload.mixed(), StopPath.SIGTERM, directory)
          .assertNothingLost();
    }
  }
}
