package io.http2drain.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A unit file of systemd, of the plain kind: each key once in its section, no continued lines, no
 * quotes. Whatever else a line is fails the test.
 */
record UnitFile(Path file, Map<String, Map<String, String>> sections) {

  static UnitFile read(Path file) throws IOException {
    Map<String, Map<String, String>> sections = new TreeMap<>();
    String section = "";
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("[") && line.endsWith("]")) {
        section = line.substring(1, line.length() - 1);
        check(sections.put(section, new TreeMap<>()) == null, file, line);
        continue;
      }
      int equals = line.indexOf('=');
      check(equals > 0 && line.substring(0, equals).matches("[A-Z][A-Za-z]*"), file, line);
      check(!line.endsWith("\\") && !line.contains("\"") && !line.contains("#"), file, line);
      Map<String, String> keys = sections.get(section);
      check(keys != null, file, line);
      if (keys != null) {
        String key = line.substring(0, equals);
        check(keys.put(key, line.substring(equals + 1)) == null, file, line);
      }
    }
    return new UnitFile(file, sections);
  }

  private static void check(boolean good, Path file, String line) {
    if (!good) {
      throw new AssertionError(file + ": " + line + " (expected: one [Section] or Key=value each)");
    }
  }

  /** The value of a key that has to be there. */
  String value(String section, String key) {
    String value = sections.getOrDefault(section, Map.of()).get(key);
    if (value == null) {
      throw new AssertionError(
          file + ": no " + key + " in " + new TreeSet<>(sections.keySet()) + " " + section);
    }
    return value;
  }
}
