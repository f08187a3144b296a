package io.http2drain.home;

import java.util.List;

/**
 * What became of a client's requests.
 *
 * @param started requests that were given to the client library
 * @param completed those that were answered with status 200 and the right body
 * @param notConnected those that could not be sent, since no listener was there any more
 * @param errors everything else, as the library reported it
 */
record ClientReport(
    String client, int started, int completed, int notConnected, List<String> errors) {

  ClientReport {
    errors = List.copyOf(errors);
  }
}
