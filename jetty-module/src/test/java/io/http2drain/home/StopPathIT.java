package io.http2drain.home;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to run and to stop the server drains. */
@Timeout(90)
class StopPathIT {
  private static final ClientCase NETTY =
      LibraryCase.all()
          .filter(c -> c.name().equals("Netty h2"))
          .findFirst()
          .orElseThrow()
          .allAtOnce();

  private Path temp;

  @BeforeEach
  void keep(@TempDir Path directory) {
    temp = directory;
  }

  @ParameterizedTest
  @EnumSource(StopPath.class)
  void requestsInFlight_stoppedByAnyPath_areAnswered(StopPath path)
      throws IOException, InterruptedException {
    JettyBase base = base(path.modules());
    String[] arguments = path.arguments().toArray(String[]::new);
    try (JettyProcess jetty = JettyProcess.start(base, arguments)) {
      play(jetty, path);
    }
  }

  @Test
  void requestsInFlight_gracefulModuleBeside_areAnswered()
      throws IOException, InterruptedException {
    try (JettyProcess jetty = JettyProcess.start(base(List.of("graceful")))) {
      play(jetty, StopPath.SIGTERM);
    }
  }

  @Test
  void requestsInFlight_jarsOnTheModulePath_areAnswered() throws IOException, InterruptedException {
    try (JettyProcess jetty = JettyProcess.startJpms(base(List.of()))) {
      play(jetty, StopPath.SIGTERM);
    }
  }

  /** Who deploys the next version first, and then restarts. */
  @Test
  void requestsInFlight_jarsOverwritten_areAnswered() throws IOException, InterruptedException {
    JettyBase base = base(List.of());
    try (JettyProcess jetty = JettyProcess.start(base)) {
      int overwritten = 0;
      try (DirectoryStream<Path> jars =
          Files.newDirectoryStream(base.file("lib").resolve("http2-drain"), "*.jar")) {
        for (Path jar : jars) {
          Files.write(jar, new byte[1 << 20]); // In place, as cp does.
          overwritten++;
        }
      }
      assertTrue(overwritten > 0, () -> "no jar in " + base.directory());
      play(jetty, StopPath.SIGTERM);
    }
  }

  private JettyBase base(List<String> modules) throws IOException, InterruptedException {
    return JettyBase.recipe()
        .drain()
        .modules(JettyBase.ALL_PROTOCOLS)
        .modules(modules)
        .create(temp.resolve("base"));
  }

  private void play(JettyProcess jetty, StopPath path) throws IOException, InterruptedException {
    Path directory = Files.createDirectories(temp.resolve("client"));
    StopRehearsal.play(jetty, NETTY, Workload.mixed(), path, directory).assertNothingLost();
  }
}
