package io.http2drain.rolling;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What became of a rollout.
 *
 * @param tallies of every kind of client
 * @param restarts in their order
 * @param servedByLast requests that the last process of each backend has run
 * @param proxyLog the lines of the proxy
 */
public record RolloutResult(
    List<ClientTally> tallies,
    List<Restart> restarts,
    List<Map<ClientProtocol, Integer>> servedByLast,
    List<String> proxyLog) {

  /** The tally of all clients that match, in one. */
  public Sum sum(Predicate<ClientTally> wanted) {
    List<ClientTally> some = tallies.stream().filter(wanted).toList();
    return new Sum(
        some.stream().mapToLong(ClientTally::requests).sum(),
        some.stream().mapToLong(ClientTally::ok).sum(),
        some.stream().mapToLong(ClientTally::lost).sum());
  }

  /** Requests, those answered with a complete 2xx, and the others. */
  public record Sum(long requests, long ok, long lost) {}

  public long lost() {
    return sum(tally -> true).lost();
  }

  /** Requests that went wrong, up to 20 for each kind of client. */
  public List<String> samples() {
    return tallies.stream().flatMap(tally -> tally.samples().stream()).toList();
  }

  /** The mean time from SIGTERM to the first request of the new process, in milliseconds. */
  public long meanRestartMillis() {
    return (long) restarts.stream().mapToLong(r -> r.total().toMillis()).average().orElse(0);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    tallies.forEach(tally -> text.append(tally).append('\n'));
    restarts.forEach(restart -> text.append(restart).append('\n').append(restart.log()));
    text.append("last processes: ").append(servedByLast).append('\n');
    proxyLog.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
