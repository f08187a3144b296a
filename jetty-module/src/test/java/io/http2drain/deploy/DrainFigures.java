package io.http2drain.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The drain's properties that a file sets, and what has to hold between them and its own figures.
 */
final class DrainFigures {

  /** What applications may take for their own stop, once the drain has ended; in milliseconds. */
  static final long APPLICATION_STOP = 5_000;

  /** What requests are to have at least, between the quiet period and the deadline. */
  private static final long REQUESTS = 10_000;

  private final Map<String, String> properties = new LinkedHashMap<>();

  /**
   * @param arguments of start.jar
   */
  DrainFigures(List<String> arguments) {
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (argument.startsWith("drain.")) {
        properties.put(argument.substring(0, equals), argument.substring(equals + 1));
      }
    }
  }

  String text(String property) {
    String value = properties.get(property);
    if (value == null) {
      throw new AssertionError(property + ": not among " + properties);
    }
    return value;
  }

  long millis(String property) {
    return Long.parseLong(text(property));
  }

  /** A misspelt property would be silently ignored by Jetty. */
  void assertKnown() throws IOException {
    Map<String, String> known = IniTemplates.defaults();
    for (String property : properties.keySet()) {
      assertTrue(known.containsKey(property), () -> property + " is not among " + known.keySet());
    }
  }

  /** The file states the module's own default, so that a change of the one asks for the other. */
  void assertTimeoutIsTheDefault() throws IOException {
    assertEquals(DrainPolicy.DEFAULT.timeout(), millis(DrainPolicy.TIMEOUT));
    assertEquals(IniTemplates.defaults().get(DrainPolicy.TIMEOUT), text(DrainPolicy.TIMEOUT));
  }

  /**
   * @param name of the figure
   * @param seconds from SIGTERM to SIGKILL
   */
  void assertKilledAfterTheDrain(String name, long seconds) {
    long least = millis(DrainPolicy.TIMEOUT) + APPLICATION_STOP;
    assertTrue(
        seconds * 1000 > least,
        () -> name + ": " + seconds + " s (expected: more than " + least + " ms)");
  }

  /**
   * @param notice how long the proxies may take to notice that readiness is down, in milliseconds
   */
  void assertQuietFor(long notice) {
    long quiet = millis("drain.quietPeriod");
    assertTrue(
        quiet > notice,
        () -> "drain.quietPeriod: " + quiet + " (expected: more than " + notice + " ms)");
    long busy =
        quiet + 2 * DrainPolicy.DEFAULT.pingTimeout() + REQUESTS + DrainPolicy.DEFAULT.linger();
    long timeout = millis(DrainPolicy.TIMEOUT);
    assertTrue(
        timeout >= busy,
        () -> "drain.timeout: " + timeout + " (expected: at least " + busy + " ms)");
  }
}
