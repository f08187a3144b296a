package io.http2drain.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An SVG of bars and marks on a common axis of time; readable on light and on dark. */
final class TimelinePicture {

  private static final int LEFT = 110;
  private static final int WIDTH = 760;
  private static final int RIGHT = 70;
  private static final int LABEL_STEP = 14;
  private static final double LETTER = 6.6;

  /** A moment on a line or bar, with a label to its right. */
  private record Mark(double x, String label) {

    private double end() {
      return x + 6 + label.length() * LETTER;
    }
  }

  private final StringBuilder body = new StringBuilder();
  private final List<Mark> marks = new ArrayList<>(); // Of the line or bar that was begun last.
  private final long zero;
  private final long from;
  private final long to;
  private int y = 20;
  private boolean onRail;

  /**
   * @param zero where the axis has its zero, in {@link System#nanoTime()}, as the next two
   * @param from the left edge
   * @param to the right edge
   */
  TimelinePicture(long zero, long from, long to) {
    this.zero = zero;
    this.from = from;
    this.to = to;
  }

  void heading(String text) {
    finishLine();
    y += 26;
    text(text, 12, y, "heading", "start");
    y += 8;
  }

  /** A line of its own for the marks that follow. */
  void line() {
    finishLine();
    onRail = true;
  }

  /** A bar, on which the marks that follow are put. There is room for one row of them. */
  void bar(String label, String style, long begin, long end, String note) {
    finishLine();
    y += 24;
    text(label, LEFT - 8, y, "label", "end");
    double x = x(begin);
    double width = Math.max(2, x(end) - x);
    body.append(
        String.format(
            Locale.ROOT,
            "<rect class='%s' x='%.1f' y='%d' width='%.1f' height='12' rx='3'/>%n",
            style,
            x,
            y - 11,
            width));
    if (!note.isEmpty()) {
      boolean right = x + width + 8 + note.length() * LETTER < LEFT + WIDTH + RIGHT;
      text(note, right ? x + width + 8 : x + 6, y, right ? "note" : "inside", "start");
    }
  }

  /** A mark on the line or bar that was begun last; in the order of time. */
  void mark(String label, long time) {
    marks.add(new Mark(x(time), label + " " + millis(time)));
  }

  /**
   * Draws the marks of a line. A label stands above those of later marks that it would run into, so
   * that no mark crosses a label.
   */
  private void finishLine() {
    int[] rows = new int[marks.size()];
    int height = 1;
    for (int i = marks.size() - 1; i >= 0; i--) {
      for (int later = i + 1; later < rows.length; later++) {
        if (marks.get(later).x() < marks.get(i).end()) {
          rows[i] = Math.max(rows[i], rows[later] + 1);
        }
      }
      height = Math.max(height, rows[i] + 1);
    }
    if (onRail) {
      y += 18 + height * LABEL_STEP;
      body.append(
          "<line class='rail' x1='%d' y1='%d' x2='%d' y2='%d'/>%n"
              .formatted(LEFT, y, LEFT + WIDTH, y));
    }
    int line = onRail ? y : y - 4;
    for (int i = 0; i < rows.length; i++) {
      Mark mark = marks.get(i);
      int top = line - 10 - rows[i] * LABEL_STEP;
      body.append(
          String.format(
              Locale.ROOT,
              "<line class='mark' x1='%.1f' y1='%d' x2='%.1f' y2='%d'/>%n",
              mark.x(),
              top - 7,
              mark.x(),
              line + 6));
      text(mark.label(), mark.x() + 4, top, "note", "start");
    }
    marks.clear();
    onRail = false;
  }

  private long millis(long time) {
    return Math.round((time - zero) / 1e6);
  }

  private double x(long time) {
    return LEFT + (double) (time - from) / (to - from) * WIDTH;
  }

  private void text(String text, double x, int baseline, String style, String anchor) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text class='%s' x='%.1f' y='%d' text-anchor='%s'>%s</text>%n",
            style,
            x,
            baseline,
            anchor,
            text));
  }

  String svg() {
    finishLine();
    int height = y + 40;
    StringBuilder axis = new StringBuilder();
    for (long t = millis(from) / 100 * 100; t <= millis(to); t += 100) {
      double x = x(zero + t * 1_000_000);
      axis.append(
          String.format(
              Locale.ROOT,
              "<line class='grid' x1='%.1f' y1='28' x2='%.1f' y2='%d'/>%n"
                  + "<text class='note' x='%.1f' y='%d' text-anchor='middle'>%d ms</text>%n",
              x,
              x,
              y + 14,
              x,
              y + 28,
              t));
    }
    return """
    <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' role='img'
         aria-label='What the clients of a server see when it is stopped'>
    <style>
    text { font: 11px system-ui, sans-serif; fill: #24292f }
    .heading { font-weight: 600; font-size: 12px }
    .note { fill: #57606a }
    .inside { fill: #ffffff }
    .grid { stroke: #d0d7de; stroke-width: .5 }
    .rail { stroke: #8c959f }
    .mark { stroke: #8250df; stroke-width: 1.5 }
    .process { fill: #8c959f }
    .served { fill: #1a7f37 }
    .refused { fill: #cf222e }
    .paper { fill: #ffffff }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .note { fill: #9198a1 } .inside { fill: #0d1117 }
      .grid { stroke: #3d444d } .paper { fill: #0d1117 } .mark { stroke: #bc8cff }
      .served { fill: #3fb950 } .refused { fill: #f85149 }
    }
    </style>
    <rect class='paper' width='%d' height='%d'/>
    %s%s</svg>
    """
        .formatted(LEFT + WIDTH + RIGHT, height, LEFT + WIDTH + RIGHT, height, axis, body);
  }
}
