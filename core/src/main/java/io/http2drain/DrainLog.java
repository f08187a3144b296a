package io.http2drain;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a drain tells the operator: one line at its beginning, one at its end, and what went wrong
 * in between.
 *
 * <p>Whatever the logging itself throws is swallowed: it must not keep a drain from its end.
 */
final class DrainLog {

  private static final Logger LOG = LoggerFactory.getLogger(DrainLog.class);

  private DrainLog() {}

  static void began(SessionRegistry.Count count, long timeoutMillis) {
    say(
        () ->
            LOG.info(
                "Draining {} HTTP/2 sessions with {} streams in flight, for at most {} ms",
                count.sessions(),
                count.streams(),
                timeoutMillis));
  }

  /** What a drain waits for. */
  static void progress(
      SessionRegistry.Count count, long millisToDeadline, Supplier<List<RequestStatus>> oldest) {
    say(
        () ->
            LOG.info(
                "Waiting for {} HTTP/2 sessions with {} streams in flight, for at most {} ms more{}",
                count.sessions(),
                count.streams(),
                millisToDeadline,
                oldest.get().stream().findFirst().map(r -> "; the oldest is " + r).orElse("")));
  }

  /** The report as one line: WARN when something was cut. */
  static void ended(DrainReport report) {
    say(
        () -> {
          if (report.cut() > 0) {
            LOG.warn("{}", report);
          } else {
            LOG.info("{}", report);
          }
        });
  }

  static void warn(String what) {
    say(() -> LOG.warn(what));
  }

  /** Something threw, and the drain goes on without it. */
  static void failed(String what, @Nullable Object about, Throwable failure) {
    say(() -> LOG.warn("Could not {} {}", what, about, failure));
  }

  static void debug(Object what, Object about) {
    if (LOG.isDebugEnabled()) {
      say(() -> LOG.debug("{} {}", what, about));
    }
  }

  private static void say(Runnable line) {
    try {
      line.run();
    } catch (Throwable x) {
      // Where could it be told?
    }
  }
}
