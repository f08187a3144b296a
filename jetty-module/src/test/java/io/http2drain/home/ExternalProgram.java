package io.http2drain.home;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A program that is not part of the build.
 *
 * @param name what is looked for in the PATH
 * @param origin what a user installs to have it
 */
public record ExternalProgram(String name, String origin) {

  /**
   * The program's path. Without the program the test is skipped, visibly; where the environment
   * says {@code CI=true} it fails, so that a build machine cannot lose a program unnoticed.
   */
  public String require() {
    Optional<Path> program = InstalledProgram.find(name);
    if (program.isPresent()) {
      return program.get().toString();
    }
    String missing = "no " + name + " in the PATH (it comes with: " + origin + ")";
    return "true".equals(System.getenv("CI")) ? fail(missing) : abort(missing);
  }
}
