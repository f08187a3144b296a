package io.http2drain.admin;

import io.http2drain.DrainPhase;
import io.http2drain.DrainStatus;
import io.http2drain.DrainTotals;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The figures of a drain, in the formats of Prometheus and OpenMetrics. */
final class DrainMetrics {

  private static final String PREFIX = "http2_drain_";

  private final ExpositionFormats formats = ExpositionFormats.init();

  /** In the format that a client prefers: OpenMetrics where it says so. */
  ExpositionFormatWriter writer(@Nullable String accept) {
    return formats.findWriter(accept);
  }

  static byte[] write(ExpositionFormatWriter writer, DrainStatus status, DrainTotals totals)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(out, snapshots(status, totals));
    return out.toByteArray();
  }

  private static MetricSnapshots snapshots(DrainStatus status, DrainTotals totals) {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(
        gauge("ready", "Whether the server wants new traffic", status.ready() ? 1 : 0));
    all.metricSnapshot(phase(status));
    all.metricSnapshot(sessions(status));
    all.metricSnapshot(
        gauge("streams_in_flight", "HTTP/2 streams in flight", status.streamsInFlight()));
    all.metricSnapshot(deadline(status));
    all.metricSnapshot(
        seconds("oldest_request_age_seconds", "Age of the oldest request in flight, or 0")
            .dataPoint(point(Labels.EMPTY, oldestMillis(status) / 1000.0))
            .build());
    all.metricSnapshot(counter("drains", "Drains that began", totals.drains()));
    all.metricSnapshot(counter("drained_sessions", "Sessions drained", totals.sessions()));
    all.metricSnapshot(streams(totals));
    all.metricSnapshot(counter("undone", "Drains that were undone", totals.undone()));
    return all.build();
  }

  private static MetricSnapshot phase(DrainStatus status) {
    StateSetDataPointSnapshot.Builder states = StateSetDataPointSnapshot.builder();
    for (DrainPhase phase : DrainPhase.values()) {
      states.state(label(phase), phase == status.phase());
    }
    return StateSetSnapshot.builder()
        .name(PREFIX + "phase")
        .help("Where the server is between serving and having left")
        .dataPoint(states.build())
        .build();
  }

  private static MetricSnapshot sessions(DrainStatus status) {
    GaugeSnapshot.Builder sessions =
        GaugeSnapshot.builder().name(PREFIX + "open_sessions").help("Open HTTP/2 sessions");
    status
        .sessionStates()
        .forEach(
            (state, count) ->
                sessions.dataPoint(point(Labels.of("state", label(state)), (double) count)));
    return sessions.build();
  }

  private static MetricSnapshot deadline(DrainStatus status) {
    GaugeSnapshot.Builder deadline =
        seconds("deadline_seconds", "Time until what is in flight is cut; absent with no deadline");
    if (status.remainingMillis() >= 0) {
      deadline.dataPoint(point(Labels.EMPTY, status.remainingMillis() / 1000.0));
    }
    return deadline.build();
  }

  private static long oldestMillis(DrainStatus status) {
    return status.requests().isEmpty() ? 0 : status.requests().get(0).ageMillis();
  }

  private static MetricSnapshot streams(DrainTotals totals) {
    return CounterSnapshot.builder()
        .name(PREFIX + "streams")
        .help("HTTP/2 streams in drains, by what became of them")
        .dataPoint(outcome("completed", totals.completed()))
        .dataPoint(outcome("refused", totals.refused()))
        .dataPoint(outcome("abandoned", totals.abandoned()))
        .dataPoint(outcome("cut", totals.cut()))
        .build();
  }

  private static CounterDataPointSnapshot outcome(String outcome, long value) {
    return CounterDataPointSnapshot.builder()
        .labels(Labels.of("outcome", outcome))
        .value((double) value)
        .build();
  }

  private static MetricSnapshot counter(String name, String help, long value) {
    return CounterSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(CounterDataPointSnapshot.builder().value((double) value).build())
        .build();
  }

  private static MetricSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(point(Labels.EMPTY, value))
        .build();
  }

  private static GaugeSnapshot.Builder seconds(String name, String help) {
    return GaugeSnapshot.builder().name(PREFIX + name).help(help).unit(Unit.SECONDS);
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
