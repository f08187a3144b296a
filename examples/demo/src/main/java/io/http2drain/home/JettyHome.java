package io.http2drain.home;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An unpacked jetty-home, which no test writes to. */
public record JettyHome(Path directory) {

  /** The one that the build has unpacked. */
  public static JettyHome unpacked() {
    return new JettyHome(BuildOutput.JETTY_HOME.path());
  }

  /** The command {@code java <jvmArguments> -jar start.jar <arguments>}, with the running JDK. */
  public List<String> command(List<String> jvmArguments, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.add("-jar");
    command.add(directory.resolve("start.jar").toString());
    command.addAll(arguments);
    return command;
  }
}
