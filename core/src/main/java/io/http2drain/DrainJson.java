package io.http2drain;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.util.ajax.JSON;
import org.jspecify.annotations.Nullable;

/**
 * What operators' programs read. The names are those of the records' components, but for durations,
 * which are in milliseconds, and are called so.
 */
final class DrainJson {

  private static final JSON WRITER = new JSON();

  private DrainJson() {}

  static String of(Record status) {
    return WRITER.toJSON(plain(status));
  }

  static String of(DrainReport report, DrainTimeline timeline) {
    Map<String, @Nullable Object> object = object(report);
    object.put("timeline", plain(timeline));
    return WRITER.toJSON(object);
  }

  /** What the writer would otherwise give a member that names its class. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Record composed) {
      return object(composed);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> object = new TreeMap<>();
      map.forEach((key, member) -> object.put(String.valueOf(key), plain(member)));
      return object;
    }
    if (value instanceof Collection<?> many) {
      return many.stream().map(DrainJson::plain).toList();
    }
    return value;
  }

  private static Map<String, @Nullable Object> object(Record composed) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (RecordComponent component : composed.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(composed);
      } catch (ReflectiveOperationException x) {
        throw new IllegalStateException(composed.getClass().getName(), x);
      }
      if (value instanceof Duration duration) {
        object.put(component.getName() + "Millis", duration.toMillis());
      } else {
        object.put(component.getName(), plain(value));
      }
    }
    return object;
  }
}
