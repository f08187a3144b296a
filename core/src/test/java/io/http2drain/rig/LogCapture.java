package io.http2drain.rig;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.logging.JettyLevel;
import org.eclipse.jetty.logging.JettyLogger;
import org.eclipse.jetty.logging.StdErrAppender;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Collects the log lines of one class, for as long as it is open. */
public final class LogCapture implements AutoCloseable {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final StdErrAppender appender;

  public LogCapture(Class<?> type) {
    this(type, null);
  }

  private LogCapture(Class<?> type, @Nullable Error failure) {
    JettyLogger logger = (JettyLogger) LoggerFactory.getLogger(type);
    logger.setLevel(JettyLevel.INFO);
    appender = (StdErrAppender) logger.getAppender();
    appender.setStream(
        new PrintStream(bytes, true, StandardCharsets.UTF_8) {
          @Override
          public void println(@Nullable Object line) {
            super.println(line);
            if (failure != null) {
              throw failure;
            }
          }
        });
  }

  /** Makes the logging of a class throw, behind each line that it takes note of. */
  public static LogCapture thatThrows(Class<?> type, Error failure) {
    return new LogCapture(type, failure);
  }

  public List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public void close() {
    appender.setStream(System.err);
  }
}
