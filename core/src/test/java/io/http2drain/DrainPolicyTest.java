package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.rig.LogCapture;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class DrainPolicyTest {

  @Test
  void defaults_areThoseOfTheModule() {
    assertEquals(DrainPolicy.parse("25000", "2000", "1000"), DrainPolicy.DEFAULT);
  }

  @Test
  void parse_allowsBlanksAround() {
    assertEquals(new DrainPolicy(1, 2, 0), DrainPolicy.parse(" 1", "2 ", " 0 "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1 | 2000 | 1000 | drain.timeout: -1 (expected: milliseconds, 1 to 86400000)",
        "0 | 2000 | 1000 | drain.timeout: 0 (expected: milliseconds, 1 to 86400000)",
        "25s | 2000 | 1000 | drain.timeout: 25s (expected: milliseconds, 1 to 86400000)",
        "'' | 2000 | 1000 | drain.timeout:  (expected: milliseconds, 1 to 86400000)",
        "99999999999999999999 | 2 | 1 |"
            + " drain.timeout: 99999999999999999999 (expected: milliseconds, 1 to 86400000)",
        "86400001 | 2 | 1 | drain.timeout: 86400001 (expected: milliseconds, 1 to 86400000)",
        "25000 | 0 | 1000 | drain.pingTimeout: 0 (expected: milliseconds, 1 to 86400000)",
        "25000 | 2.5 | 1000 | drain.pingTimeout: 2.5 (expected: milliseconds, 1 to 86400000)",
        "25000 | 2000 | -5 | drain.linger: -5 (expected: milliseconds, 0 to 86400000)",
      })
  void badValue_isNamedWithPropertyAndExpectation(
      String timeout, String pingTimeout, String linger, String message) {
    Throwable x =
        assertThrows(
            IllegalArgumentException.class, () -> DrainPolicy.parse(timeout, pingTimeout, linger));
    assertEquals(message, x.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drain.quietPeriod | -1 | drain.quietPeriod: -1 (expected: milliseconds, 0 to 86400000)",
        "drain.quietPeriod | 5s | drain.quietPeriod: 5s (expected: milliseconds, 0 to 86400000)",
        "drain.spread | -1 | drain.spread: -1 (expected: milliseconds, 0 to 86400000)",
        "drain.progressInterval | x |"
            + " drain.progressInterval: x (expected: milliseconds, 0 to 86400000)",
        "drain.quietPeriod | 25001 |"
            + " drain.timeout: 25000 (expected: at least drain.quietPeriod, which is 25001)",
        "drain.spread | 25001 |"
            + " drain.timeout: 25000 (expected: at least drain.spread, which is 25001)",
        "drain.quitePeriod | 1 | [drain.quitePeriod]: unknown (expected: no such property)",
        "drain.readinessPath | up |"
            + " drain.readinessPath: up (expected: a path that begins with /)",
      })
  void badProperty_isNamedWithExpectation(String name, String value, String message) {
    Throwable x =
        assertThrows(
            IllegalArgumentException.class,
            () -> DrainModule.install(new Server(), Map.of(name, value)));
    assertEquals(message, x.getMessage());
  }

  @Test
  void noProperties_areTheDefaults() {
    assertEquals(DrainPolicy.DEFAULT, DrainPolicy.parse(Map.of()));
    assertEquals(new DrainPolicy(25_000, 0, 0, 2_000, 1_000, 5_000), DrainPolicy.DEFAULT);
  }

  @Test
  void badValueInTheModule_isLoggedInOneLine() {
    try (LogCapture log = new LogCapture(DrainModule.class)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> DrainModule.install(new Server(), "soon", "2000", "1000"));
      assertEquals(1, log.lines().size(), log.lines()::toString);
      String line = log.lines().get(0);
      assertTrue(line.contains("ERROR") || line.contains("WARN"), line);
      assertTrue(
          line.endsWith(
              "Cannot start: drain.timeout: soon (expected: milliseconds, 1 to 86400000)"),
          line);
    }
  }
}
