package io.http2drain.rolling;

import io.http2drain.peer.Fate;
import io.http2drain.peer.LoadResult;
import java.util.List;

/**
 * What became of the requests of one kind of client, as it sees it.
 *
 * @param ok complete answers with a status of 2xx
 * @param samples of requests that went wrong
 */
public record ClientTally(
    ClientProtocol protocol, RequestKind kind, long requests, long ok, List<String> samples) {

  static ClientTally of(ClientProtocol protocol, RequestKind kind, LoadResult result) {
    // The application redirects nothing: what is below 400 is 2xx.
    return new ClientTally(
        protocol,
        kind,
        result.total() + result.connectFailures(),
        result.count(Fate.OK),
        result.samples());
  }

  /** Anything but a complete 2xx, also what the client could not even send. */
  public long lost() {
    return requests - ok;
  }
}
