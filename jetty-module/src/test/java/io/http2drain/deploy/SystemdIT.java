package io.http2drain.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.BuildOutput;
import io.http2drain.home.ChildProcess;
import io.http2drain.home.ExternalProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unit files agree with the module's defaults, with each other, and with what a JVM does. */
@Timeout(60)
class SystemdIT {

  private static Path directory() {
    return BuildOutput.OPERATOR_FILES.path().resolve("systemd");
  }

  private static UnitFile service() throws IOException {
    return UnitFile.read(directory().resolve("jetty.service"));
  }

  private static List<String> command() throws IOException {
    return List.of(service().value("Service", "ExecStart").split(" ", -1));
  }

  @Test
  void service_killsOnlyAfterTheDrain() throws IOException {
    DrainFigures drain = new DrainFigures(command());
    drain.assertKnown();
    drain.assertTimeoutIsTheDefault();
    long seconds = Long.parseLong(service().value("Service", "TimeoutStopSec"));
    drain.assertKilledAfterTheDrain("TimeoutStopSec", seconds);
  }

  @Test
  void service_signalsTheJvmAloneAndTakesItsStatusForSuccess() throws IOException {
    UnitFile service = service();
    assertEquals("mixed", service.value("Service", "KillMode"));
    assertEquals("SIGTERM", service.value("Service", "KillSignal"));
    assertEquals("143", service.value("Service", "SuccessExitStatus"));
    assertEquals("exec", service.value("Service", "Type"));
    // Else start.jar is not the server, or a shell gets the signal.
    assertTrue(command().get(0).endsWith("/java"), command()::toString);
    assertFalse(command().contains("--exec") || command().contains("--jpms"), command()::toString);
  }

  @Test
  void socket_isOneThatTheServiceInherits() throws IOException {
    UnitFile socket = UnitFile.read(directory().resolve("jetty.socket"));
    assertEquals("8080", socket.value("Socket", "ListenStream"));
    assertEquals("no", socket.value("Socket", "Accept"));
    UnitFile service = service();
    assertEquals("socket", service.value("Service", "StandardInput"));
    assertEquals("jetty.socket", service.value("Unit", "Requires"));
    // By default they would be the socket, too: what the JVM prints would go to a client.
    assertEquals("journal", service.value("Service", "StandardOutput"));
    assertEquals("journal", service.value("Service", "StandardError"));
    assertTrue(command().contains("etc/inherit-channel.xml"), command()::toString);
    assertTrue(Files.exists(directory().resolve("inherit-channel.xml")));
  }

  @Test
  void units_systemdVerifiesThem(@TempDir Path temp) throws IOException, InterruptedException {
    String program = new ExternalProgram("systemd-analyze", "Debian: systemd").require();
    for (String name : List.of("jetty.service", "jetty.socket")) {
      // It wants the program to be there.
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      String text = Files.readString(directory().resolve(name)).replace("/usr/bin/java", java);
      Files.writeString(temp.resolve(name), text);
    }
    List<String> command = List.of(program, "verify", "./jetty.service", "./jetty.socket");
    try (ChildProcess child = ChildProcess.start("systemd-analyze", temp, command)) {
      assertEquals(0, child.awaitExit(Duration.ofSeconds(40)).status(), child.output()::toString);
      String said = child.output().toString();
      // A key that it does not know is only a warning.
      assertFalse(said.contains("jetty."), said);
    }
  }
}
