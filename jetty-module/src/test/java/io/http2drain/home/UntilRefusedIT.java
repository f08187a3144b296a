package io.http2drain.home;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With the drop-in, callers that go on sending until nothing listens any more lose no request: what
 * they sent is answered, and what is not answered could not be sent.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(90)
class UntilRefusedIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private JettyBase base;

  @BeforeAll
  void makeBase(@TempDir Path directory) throws IOException, InterruptedException {
    base =
        JettyBase.recipe()
            .drain()
            .modules(JettyBase.ALL_PROTOCOLS)
            .create(directory.resolve("base"));
  }

  @ParameterizedTest
  @MethodSource("io.http2drain.home.LibraryCase#all")
  void callers_serverStopped_loseNothingUntilNothingListens(LibraryCase library)
      throws IOException, InterruptedException {
    library.knownLimit().run();
    try (JettyProcess jetty = JettyProcess.start(base);
        SequentialLoad load =
            new SequentialLoad(
                library.name(), library.setUp().apply(jetty.target(library.tls())))) {
      load.start(8);
      jetty.journal().awaitEntries(SequentialLoad.PREFIX, 200, LIMIT);
      long unused = jetty.terminate();
      ClientReport report = load.finish(LIMIT);
      ChildProcess.Exit unusedExit = jetty.awaitExit(JettyProcess.EXIT_LIMIT);
      assertEquals(List.of(), report.errors(), () -> report + "\n" + jetty.log());
      assertEquals(8, report.notConnected(), report::toString);
      List<String> run = jetty.journal().entries(SequentialLoad.PREFIX);
      // Whatever a library says of a request that it could not send: the server has not run it.
      assertEquals(report.completed(), run.size(), "requests answered, and requests run");
    }
  }
}
