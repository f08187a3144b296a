package io.http2drain;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry of the Jetty module {@code http2-drain}: called by its XML, with the text of its ini.
 */
public final class DrainModule {

  /** The name of the property behind {@link Drain#setReportFile}. */
  public static final String REPORT = "drain.report";

  /** The name of the property behind {@link Drain#setReadinessPath}. */
  public static final String READINESS_PATH = "drain.readinessPath";

  private static final Logger LOG = LoggerFactory.getLogger(DrainModule.class);

  private DrainModule() {}

  /**
   * Installs a {@link Drain}. What is wrong with a setting, or with the Jetty, is logged as one
   * line ahead of the exception, which ends the start before anything listens.
   *
   * @param properties by name; what is missing has its default, and an empty {@code drain.report}
   *     or {@code drain.readinessPath} is none
   * @throws RuntimeException as {@link DrainPolicy#parse}, {@link Drain#install(Server,
   *     DrainPolicy)}, {@link Drain#setReportFile} and {@link Drain#setReadinessPath}
   */
  public static Drain install(Server server, Map<String, String> properties) {
    try {
      Map<String, String> times = new HashMap<>(properties);
      String report = take(times, REPORT);
      String readinessPath = take(times, READINESS_PATH);
      Drain drain = Drain.install(server, DrainPolicy.parse(times));
      drain.setReportFile(report == null ? null : path(report));
      drain.setReadinessPath(readinessPath);
      return drain;
    } catch (RuntimeException x) {
      LOG.error("Cannot start: {}", x.getMessage());
      throw x;
    }
  }

  /** {@link #install(Server, Map)} with these three. */
  public static Drain install(Server server, String timeout, String pingTimeout, String linger) {
    return install(
        server,
        Map.of(
            DrainPolicy.TIMEOUT, timeout,
            DrainPolicy.PING_TIMEOUT, pingTimeout,
            DrainPolicy.LINGER, linger));
  }

  private static @Nullable String take(Map<String, String> properties, String name) {
    String value = properties.remove(name);
    return value == null || value.isBlank() ? null : value.trim();
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException x) {
      throw new IllegalArgumentException(REPORT + ": " + text + " (expected: a file)", x);
    }
  }
}
