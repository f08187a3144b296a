package io.http2drain.stop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.home.OutputLog;
import io.http2drain.peer.Fate;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that outlives {@code drain.timeout}. */
@Timeout(90)
class DeadlineIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestThatOutlivesTheTimeOut_isCancelledNamedAndDoesNotKeepTheProcess(
      boolean async, @TempDir Path directory) throws Exception {
    JettyBase base =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .drain()
            .property("drain.timeout", "1500")
            .create(directory.resolve("base"));
    try (JettyProcess jetty = JettyProcess.start(base);
        RawPeer peer = RawPeer.connect(PeerOptions.h2(jetty.target(true).port()))) {
      int stream =
          peer.request(
              "GET", "/think?ms=60000&async=" + async, Map.of("x-request-id", "long"), true);
      jetty.journal().awaitEntries("long", 1, LIMIT);
      long signalled = jetty.terminate();
      PeerResponse response = peer.response(stream).get(30, TimeUnit.SECONDS);
      assertEquals(Fate.RESET, response.fate());
      assertEquals(8, response.errorCode()); // CANCEL
      long cutAfter = TimeUnit.NANOSECONDS.toMillis(response.endNanos() - signalled);
      assertTrue(cutAfter >= 1500, () -> cutAfter + " ms");
      ChildProcess.Exit exit = jetty.awaitExit(LIMIT);
      assertEquals(143, exit.status());
      OutputLog.Line line = jetty.log().find(Pattern.compile("Drained 1 HTTP/2")).orElseThrow();
      assertTrue(line.text().contains(":WARN :"), line::text);
      assertTrue(line.text().matches(".* cut=1 \\[GET /think after \\d+ ms]"), line::text);
    }
  }
}
