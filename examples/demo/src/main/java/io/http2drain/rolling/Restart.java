package io.http2drain.rolling;

import io.http2drain.home.OutputLog;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One restart of one backend.
 *
 * @param round from 1
 * @param backend its index
 * @param served requests that the old process had run when it was told to stop
 * @param servedMeanwhile requests that the other backends ran from then until the new process was
 *     in use
 * @param stop from SIGTERM to the end of the process
 * @param total from SIGTERM to the first request that the proxy sends the new process
 * @param exitStatus of the old process
 * @param log of the old process
 */
public record Restart(
    int round,
    int backend,
    Map<ClientProtocol, Integer> served,
    Map<ClientProtocol, Integer> servedMeanwhile,
    Duration stop,
    Duration total,
    int exitStatus,
    OutputLog log) {

  private static final Pattern DRAINED = Pattern.compile("Drained \\d+ HTTP/2 sessions.*");

  /** What the drain says of itself at its end; empty for stock Jetty. */
  public String drained() {
    Matcher matcher = DRAINED.matcher(log.toString());
    return matcher.find() ? matcher.group() : "";
  }

  @Override
  public String toString() {
    return "round %d, backend %d: stop %d ms, back after %d ms, exit %d, had served %s, others %s. %s"
        .formatted(
            round,
            backend + 1,
            stop.toMillis(),
            total.toMillis(),
            exitStatus,
            served,
            servedMeanwhile,
            drained());
  }
}
