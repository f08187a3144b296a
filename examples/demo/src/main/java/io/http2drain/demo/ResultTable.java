package io.http2drain.demo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stock beside ours, a row per scenario; in Markdown, which is readable on a console, too. */
final class ResultTable {

  private static final String[] HEAD = {
    "scenario",
    "stock: ok",
    "lost",
    "retry",
    "stop",
    "ours: ok",
    "lost",
    "retry",
    "run twice",
    "stop"
  };

  private final List<String[]> rows = new ArrayList<>();

  void add(Scenario scenario, Outcome stock, Outcome ours) {
    rows.add(
        new String[] {
          scenario.name(),
          number(stock.ok()),
          bold(stock.lost()),
          number(stock.retry()),
          millis(stock),
          number(ours.ok()),
          bold(ours.lost()),
          number(ours.retry()),
          number(ours.runTwice()),
          millis(ours)
        });
  }

  private static String number(long value) {
    return Long.toString(value);
  }

  private static String bold(long value) {
    return value == 0 ? "0" : "**" + value + "**";
  }

  private static String millis(@Nullable Outcome outcome) {
    return outcome == null ? "-" : outcome.stop().toMillis() + " ms";
  }

  @Override
  public String toString() {
    int[] widths = new int[HEAD.length];
    List<String[]> all = new ArrayList<>();
    all.add(HEAD);
    all.addAll(rows);
    for (String[] row : all) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int r = 0; r < all.size(); r++) {
      line(table, all.get(r), widths);
      if (r == 0) {
        rule(table, widths);
      }
    }
    return table.toString();
  }

  private static void line(StringBuilder table, String[] row, int[] widths) {
    for (int i = 0; i < row.length; i++) {
      String padding = " ".repeat(widths[i] - row[i].length());
      table.append("| ").append(i == 0 ? row[i] + padding : padding + row[i]).append(' ');
    }
    table.append("|\n");
  }

  private static void rule(StringBuilder table, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      table.append(i == 0 ? "|:" : "|-").append("-".repeat(widths[i])).append(i == 0 ? "-" : ":");
    }
    table.append("|\n");
  }
}
