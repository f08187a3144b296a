package io.http2drain.bench;

import io.http2drain.peer.PeerOptions;
import java.io.IOException;

/**
 * One stop of one server, with many sessions.
 *
 * @param announcedMillis from the call to the arrival of the last session's first GOAWAY
 * @param stoppedMillis from the call to its return
 * @param releasedMillis from the release of the requests that were held to the return of the call
 * @param lost streams without an answer
 */
record StopTrial(double announcedMillis, double stoppedMillis, double releasedMillis, long lost) {

  /** How clients behave. */
  enum Clients {
    /** They close when they are told, and have their answers: most libraries. */
    LEAVING {
      @Override
      PeerOptions options(PeerOptions options) {
        return options.withCloseOnGoAway(true);
      }
    },
    /** They close when the server has closed its half. */
    STAYING {
      @Override
      PeerOptions options(PeerOptions options) {
        return options;
      }
    },
    /** They never close. */
    LINGERING {
      @Override
      PeerOptions options(PeerOptions options) {
        return options.withCloseOnFin(false);
      }
    };

    abstract PeerOptions options(PeerOptions options);
  }

  static StopTrial run(Variant variant, Clients clients, int sessions, int streams, Scale scale)
      throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(variant)) {
      server.warmUp(scale);
      return run(server, clients, sessions, streams, scale);
    }
  }

  /** The server is warm. */
  static StopTrial run(
      ServerProcess server, Clients clients, int sessions, int streams, Scale scale)
      throws IOException, InterruptedException {
    try (Herd herd = Herd.open(clients.options(PeerOptions.h2c(server.port())), sessions)) {
      herd.awaitSettings();
      herd.request("/hold", streams);
      var unused = server.ask("held " + sessions * streams);
      server.awaitCompiled(scale);
      server.order("stop");
      long begin = server.told("stopping");
      long announced = herd.awaitLastAnnouncement();
      long released = System.nanoTime();
      server.order("release");
      long stopped = server.told("stopped");
      return new StopTrial(
          millis(begin, announced), millis(begin, stopped), millis(released, stopped), herd.lost());
    }
  }

  private static double millis(long from, long to) {
    return (to - from) / 1e6;
  }
}
