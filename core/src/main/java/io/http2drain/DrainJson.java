package io.http2drain;

import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.util.ajax.JSON;
import org.jspecify.annotations.Nullable;

/**
 * What operators' programs read. The names are those of the records' components; times are in
 * milliseconds.
 */
final class DrainJson {

  private static final JSON WRITER = new JSON();

  private DrainJson() {}

  static String status(DrainStatus status) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("phase", status.phase().name());
    object.put("ready", status.ready());
    object.put("stopping", status.stopping());
    object.put("elapsedMillis", status.elapsedMillis());
    object.put("remainingMillis", status.remainingMillis());
    object.put("sessionCount", status.sessionCount());
    object.put("streamsInFlight", status.streamsInFlight());
    DrainReport account = status.account();
    object.put("account", account == null ? null : account(account));
    object.put("connectors", status.connectors());
    object.put("sessions", status.sessions());
    object.put("requests", status.requests());
    object.put("timeline", status.timeline());
    return WRITER.toJSON(object);
  }

  static String report(DrainReport report, DrainTimeline timeline) {
    Map<String, @Nullable Object> object = account(report);
    object.put("timeline", timeline);
    return WRITER.toJSON(object);
  }

  static String report(DrainReport report) {
    return WRITER.toJSON(account(report));
  }

  private static Map<String, @Nullable Object> account(DrainReport report) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("sessions", report.sessions());
    object.put("completed", report.completed());
    object.put("refused", report.refused());
    object.put("abandoned", report.abandoned());
    object.put("cut", report.cut());
    object.put("cutStreams", report.cutStreams());
    object.put("elapsedMillis", report.elapsed().toMillis());
    object.put("undone", report.undone());
    return object;
  }
}
