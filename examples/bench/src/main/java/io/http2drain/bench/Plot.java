package io.http2drain.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Rectangle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.svg.SVGGraphics2D;

/** Lines on two logarithmic axes, beside one that shows how linear growth would look. */
final class Plot {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;
  private static final Font FONT = new Font("SansSerif", Font.PLAIN, 13);
  private static final Color INK = new Color(0x24292f);
  private static final Color GRID = new Color(0xd0d7de);
  private static final BasicStroke DASHED =
      new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {4, 4}, 0);
  private static final Color[] COLORS = {
    new Color(0x1a7f37), new Color(0xcf222e), new Color(0x57606a)
  };

  private final XYSeriesCollection lines = new XYSeriesCollection();
  private final String title;
  private final String across;
  private final String up;

  Plot(String title, String across, String up) {
    this.title = title;
    this.across = across;
    this.up = up;
  }

  void add(String line, double x, double y) {
    if (lines.getSeriesIndex(line) < 0) {
      lines.addSeries(new XYSeries(line));
    }
    lines.getSeries(line).add(x, y);
  }

  void write(Path file) throws IOException {
    addLinearGrowth();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    for (int i = 0; i < lines.getSeriesCount(); i++) {
      renderer.setSeriesPaint(i, COLORS[i % COLORS.length]);
      renderer.setSeriesStroke(i, new BasicStroke(2));
    }
    int linear = lines.getSeriesCount() - 1;
    renderer.setSeriesPaint(linear, Color.GRAY);
    renderer.setSeriesStroke(linear, DASHED);
    renderer.setSeriesShapesVisible(linear, false);
    XYPlot plot = new XYPlot(lines, axis(across), axis(up), renderer);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(GRID);
    plot.setRangeGridlinePaint(GRID);
    plot.setRangeMinorGridlinesVisible(true);
    plot.setRangeMinorGridlinePaint(GRID);
    JFreeChart chart = new JFreeChart(title, FONT.deriveFont(Font.BOLD), plot, true);
    chart.setBackgroundPaint(Color.WHITE);
    chart.getTitle().setPaint(INK);
    chart.getLegend().setItemFont(FONT);
    SVGGraphics2D svg = new SVGGraphics2D(WIDTH, HEIGHT);
    chart.draw(svg, new Rectangle(WIDTH, HEIGHT));
    Files.writeString(file, svg.getSVGDocument());
  }

  /** From where the first line begins. */
  private void addLinearGrowth() {
    XYSeries first = lines.getSeries(0);
    double rise = first.getY(0).doubleValue() / first.getMinX();
    for (double x : new double[] {first.getMinX(), first.getMaxX()}) {
      add("linear growth", x, rise * x);
    }
  }

  private static LogAxis axis(String label) {
    LogAxis axis = new LogAxis(label);
    axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
    axis.setNumberFormatOverride(NumberFormat.getIntegerInstance(Locale.ROOT));
    axis.setMinorTickCount(9);
    axis.setMinorTickMarksVisible(true);
    axis.setLabelFont(FONT);
    axis.setLabelPaint(INK);
    axis.setTickLabelFont(FONT);
    axis.setTickLabelPaint(INK);
    return axis;
  }
}
