package io.http2drain.deploy;

import io.http2drain.home.BuildOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The properties of all our modules, as their ini-templates offer them, with their defaults. */
final class IniTemplates {
  private static final Pattern PROPERTY = Pattern.compile("# (drain\\.[\\w.]+)=(.*)");

  private IniTemplates() {}

  static Map<String, String> defaults() throws IOException {
    Path modules =
        BuildOutput.OPERATOR_FILES
            .path()
            .resolveSibling("jetty-module")
            .resolve("src/main/modules");
    Map<String, String> defaults = new TreeMap<>();
    try (var files = Files.newDirectoryStream(modules, "*.mod")) {
      for (Path file : files) {
        String text = Files.readString(file);
        text.substring(text.indexOf("[ini-template]"))
            .lines()
            .map(PROPERTY::matcher)
            .filter(Matcher::matches)
            .forEach(property -> defaults.put(property.group(1), property.group(2)));
      }
    }
    return defaults;
  }
}
