package io.http2drain.demo;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown, which is readable on a console, too: columns are as wide as their cells. */
public final class MarkdownTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final int leftAligned;

  /**
   * @param leftAligned how many columns, from the first on, are aligned to the left; the others
   *     hold numbers
   */
  public MarkdownTable(int leftAligned, List<String> head) {
    this.leftAligned = leftAligned;
    rows.add(List.copyOf(head));
  }

  /** Adds a row of as many cells as the head has. */
  public void add(List<String> cells) {
    if (cells.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(cells + " (expected: cells for " + rows.get(0) + ")");
    }
    rows.add(List.copyOf(cells));
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      line(table, rows.get(r), widths);
      if (r == 0) {
        rule(table, widths);
      }
    }
    return table.toString();
  }

  private void line(StringBuilder table, List<String> row, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      table.append("| ");
      table.append(i < leftAligned ? row.get(i) + padding : padding + row.get(i)).append(' ');
    }
    table.append("|\n");
  }

  private void rule(StringBuilder table, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      boolean left = i < leftAligned;
      table.append(left ? "|:" : "|-").append("-".repeat(widths[i])).append(left ? "-" : ":");
    }
    table.append("|\n");
  }
}
