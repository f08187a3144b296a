package io.http2drain.demo;

import java.util.List;

/** Stock beside ours, a row per scenario. */
final class ResultTable {
  private final MarkdownTable table =
      new MarkdownTable(
          1,
          List.of(
              "scenario",
              "stock: ok",
              "lost",
              "retry",
              "stop",
              "ours: ok",
              "lost",
              "retry",
              "run twice",
              "stop"));

  void add(Scenario scenario, Outcome stock, Outcome ours) {
    table.add(
        List.of(
            scenario.name(),
            number(stock.ok()),
            bold(stock.lost()),
            number(stock.retry()),
            millis(stock),
            number(ours.ok()),
            bold(ours.lost()),
            number(ours.retry()),
            number(ours.runTwice()),
            millis(ours)));
  }

  private static String number(long value) {
    return Long.toString(value);
  }

  private static String bold(long value) {
    return value == 0 ? "0" : "**" + value + "**";
  }

  private static String millis(Outcome outcome) {
    return outcome.stop().toMillis() + " ms";
  }

  @Override
  public String toString() {
    return table.toString();
  }
}
