package io.http2drain.handover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.BuildOutput;
import io.http2drain.home.ChildProcess;
import io.http2drain.home.DirectoryWatch;
import io.http2drain.home.ExternalProgram;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that take turns at one listening socket, which they inherit, lose no connection. */
@Timeout(300)
class HandoverIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Pattern ROW =
      Pattern.compile(
          "\\| (?:inherit|restart) +\\| +\\w+ \\(unused\\) \\| +(\\d+) \\| +(\\d+) \\| +(\\d+) \\| +(\\d+) ");

  private Path temp;

  @BeforeEach
  void keep(@TempDir Path directory) {
    temp = directory;
  }

  /** With a listening socket as file descriptor 0. */
  private static List<String> listening() {
    String perl = new ExternalProgram("perl", "Debian: perl-base").require();
    Path script =
        BuildOutput.OPERATOR_FILES.path().resolveSibling("examples").resolve("handover/listen.pl");
    return List.of(perl, script.toString());
  }

  @ParameterizedTest
  @CsvSource({"inherit,3", "restart,2"})
  void newConnections_serversTakeTurnsAtOneSocket_areAllAnswered(String mode, String handovers)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("env");
    command.add("JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m");
    command.addAll(listening());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (BuildOutput output :
        List.of(
            BuildOutput.JETTY_HOME,
            BuildOutput.WEBAPP,
            BuildOutput.ARCHIVE,
            BuildOutput.OPERATOR_FILES)) {
      command.add(output.jvmArgument());
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Handover.class.getName());
    command.addAll(List.of("--mode", mode, "--handovers", handovers));
    try (ChildProcess child = ChildProcess.start("handover", temp, command)) {
      ChildProcess.Exit exit = child.awaitExit(LIMIT);
      String log = child.output().toString();
      assertEquals(0, exit.status(), log);
      var row = ROW.matcher(log);
      assertTrue(row.find(), log);
      assertEquals(handovers, row.group(1), log);
      assertTrue(Integer.parseInt(row.group(2)) > 300, log);
      assertEquals(row.group(2), row.group(3), log);
      assertEquals("0", row.group(4), log);
    }
  }

  /**
   * The JDK sends standard output and standard error to /dev/null when it closes an inherited
   * channel, which a drain begins with: the last lines have to go to a file.
   */
  @Test
  void inheritedSocket_consoleCapture_keepsTheLastLineOfTheDrain()
      throws IOException, InterruptedException {
    JettyBase base =
        JettyBase.recipe()
            .modules(List.of("http", "http2c", "console-capture"))
            .property("jetty.console-capture.dir", temp.resolve("logs").toString())
            .drain()
            .create(temp.resolve("base"));
    Files.createDirectories(temp.resolve("logs"));
    Files.writeString(
        base.file("start.d/inherit.ini"),
        BuildOutput.OPERATOR_FILES.path().resolve("systemd/inherit-channel.xml") + "\n");
    List<String> command = new ArrayList<>(listening());
    command.addAll(base.home().command(List.of(), List.of()));
    try (ChildProcess jetty = ChildProcess.start("jetty", base.directory(), command)) {
      awaitLine("Started oejs.Server");
      jetty.signal();
      assertEquals(143, jetty.awaitExit(JettyProcess.EXIT_LIMIT).status());
    }
    assertTrue(captured().contains("Drained 0 HTTP/2 sessions"), this::captured);
  }

  private void awaitLine(String wanted) throws IOException, InterruptedException {
    assertTrue(
        DirectoryWatch.await(
            temp.resolve("logs"), Duration.ofSeconds(90), () -> captured().contains(wanted)),
        this::captured);
  }

  private String captured() {
    StringBuilder text = new StringBuilder();
    try (var files = Files.list(temp.resolve("logs"))) {
      for (Path file : files.toList()) {
        text.append(Files.readString(file));
      }
    } catch (IOException e) {
      throw new AssertionError("cannot read " + temp.resolve("logs"), e);
    }
    return text.toString();
  }
}
