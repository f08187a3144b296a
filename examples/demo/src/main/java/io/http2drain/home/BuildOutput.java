package io.http2drain.home;

import java.nio.file.Files;
import java.nio.file.Path;

/** What the build hands to the tests: each file is named by a system property, set in the pom. */
public enum BuildOutput {
  /** The unpacked jetty-home. */
  JETTY_HOME("test.jetty.home"),
  /** The example web application. */
  WEBAPP("test.webapp"),
  /** The jars of a gRPC server that lives in a servlet. */
  GRPC_LIB("test.grpc.lib"),
  /** The drop-in, as users download it. */
  ARCHIVE("drain.archive"),
  /** The files for operators, {@code etc} of the repository. */
  OPERATOR_FILES("drain.etc"),
  /** {@code examples/rolling-restart}, with what users copy. */
  ROLLING_RESTART("test.rolling.restart");

  private final String property;

  BuildOutput(String property) {
    this.property = property;
  }

  /** The absolute path; fails the test when the build has not made it. */
  public Path path() {
    String value = System.getProperty(property);
    if (value == null) {
      throw new AssertionError(property + ": not set (expected: a path; run through Maven)");
    }
    Path path = Path.of(value).toAbsolutePath();
    if (!Files.exists(path)) {
      throw new AssertionError(property + ": " + path + " (expected: it exists; run mvn verify)");
    }
    return path;
  }

  /** What tells another JVM of it. */
  public String jvmArgument() {
    return "-D" + property + "=" + path();
  }
}
