package io.http2drain.rolling;

import io.http2drain.home.BuildOutput;
import io.http2drain.home.InstalledProgram;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** A proxy, and the files that users copy for it. */
public enum ProxyKind {
  HAPROXY("haproxy", "haproxy.cfg", "-db -f"),
  NGHTTPX("nghttpx", "nghttpx.conf", "--conf");

  private final String program;
  private final String configuration;

  private final String options;

  ProxyKind(String program, String configuration, String options) {
    this.program = program;
    this.configuration = configuration;
    this.options = options;
  }

  /** The name of the program, and of the folder with its files. */
  public String program() {
    return program;
  }

  /** The command that runs it in the foreground. */
  List<String> command(Path file) throws IOException {
    List<String> command = new ArrayList<>();
    Path executable =
        InstalledProgram.find(program).orElseThrow(() -> new IOException("no " + program));
    command.add(executable.toString());
    command.addAll(List.of(options.split(" ", -1)));
    command.add(file.toString());
    return command;
  }

  /** The file as users copy it. */
  String configuration() throws IOException {
    return Files.readString(folder().resolve(configuration));
  }

  String configurationName() {
    return configuration;
  }

  /** The properties of the backends that belong to it. */
  Map<String, String> backendProperties() throws IOException {
    Properties file = new Properties();
    Path ini = folder().resolve("http2-drain.ini");
    try (Reader reader = Files.newBufferedReader(ini, StandardCharsets.UTF_8)) {
      file.load(reader);
    }
    Map<String, String> properties = new TreeMap<>();
    for (String name : file.stringPropertyNames()) {
      if (name.startsWith("drain.")) {
        properties.put(name, file.getProperty(name));
      }
    }
    if (properties.isEmpty()) {
      throw new AssertionError(ini + ": " + file + " (expected: properties drain.*)");
    }
    return properties;
  }

  private Path folder() {
    return BuildOutput.ROLLING_RESTART.path().resolve(program);
  }
}
