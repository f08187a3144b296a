package io.http2drain.home;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A program of the system. */
public final class InstalledProgram {
  /** Where servers are, and where the PATH of an ordinary user does not always lead. */
  private static final List<String> ALSO = List.of("/usr/sbin", "/usr/local/sbin");

  private InstalledProgram() {}

  /** Looks in the PATH, and where servers are. */
  public static Optional<Path> find(String name) {
    List<String> directories = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      directories.addAll(List.of(path.split(File.pathSeparator, -1)));
    }
    directories.addAll(ALSO);
    return directories.stream()
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
