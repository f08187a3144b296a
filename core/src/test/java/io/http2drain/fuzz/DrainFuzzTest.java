package io.http2drain.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.logging.JettyLogger;
import org.eclipse.jetty.logging.StdErrAppender;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fuzzing of what peers send before, during and after a drain: real frames, through Jetty's parser
 * and session, see {@link DrainTrial}.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DrainFuzzTest {

  private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();

  @BeforeAll
  static void captureLog() {
    appender().setStream(new PrintStream(LOG, true, StandardCharsets.UTF_8));
  }

  @AfterAll
  static void releaseLog() {
    appender().setStream(System.err);
  }

  private static StdErrAppender appender() {
    return (StdErrAppender)
        ((JettyLogger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).getAppender();
  }

  @FuzzTest
  void anyPeers_neitherHoldTheDrainNorHurtOthers(byte[] input) throws Exception {
    LOG.reset();
    DrainTrial.run(input);
    String log = LOG.toString(StandardCharsets.UTF_8);
    assertFalse(log.lines().anyMatch(DrainFuzzTest::tellsOfAFault), log);
  }

  private static boolean tellsOfAFault(String line) {
    boolean ours = line.contains(":WARN :ih.") && !line.contains(": Drained ");
    // Exceptions of ours in Jetty's hands.
    return ours
        || line.contains("Failure while notifying listener")
        || line.contains("Unexpected exception")
        || line.contains("AssertionError");
  }
}
