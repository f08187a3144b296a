package io.http2drain.bench;

import io.http2drain.demo.MarkdownTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.ajax.JSON;

/** What was measured: told on the console as it comes, and written to files. */
final class Results {

  private final PrintStream console;
  private final Path directory;
  private final List<Comparison> comparisons = new ArrayList<>();

  Results(PrintStream console, Path directory) throws IOException {
    this.console = console;
    this.directory = Files.createDirectories(directory);
  }

  Path directory() {
    return directory;
  }

  /** Something for whoever waits. */
  void progress(String what) {
    console.println("  " + what);
  }

  void add(Comparison comparison) {
    comparisons.add(comparison);
    console.println("  " + String.join(" | ", comparison.cells()));
  }

  List<Comparison> comparisons() {
    return List.copyOf(comparisons);
  }

  /** Writes a part's figures as JSON and as a table. */
  void write(String part) throws IOException {
    List<Comparison> own = comparisons.stream().filter(c -> c.part().equals(part)).toList();
    Files.writeString(
        directory.resolve(part + ".json"),
        new JSON().toJSON(Map.of("comparisons", own.stream().map(Comparison::asMap).toArray())));
    Files.writeString(directory.resolve(part + ".md"), table(own));
  }

  static String table(List<Comparison> comparisons) {
    MarkdownTable table =
        new MarkdownTable(
            2,
            List.of(
                "load",
                "figure",
                "against",
                "ours",
                "compared (median, least to most)",
                "target",
                "reached"));
    comparisons.forEach(comparison -> table.add(comparison.cells()));
    return table.toString();
  }
}
