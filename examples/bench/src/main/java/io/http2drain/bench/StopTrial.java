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

  /**
   * What the server has to do with.
   *
   * @param name as it stands in the tables
   * @param streams how many requests of each session are held until the server has begun to stop
   */
  record Load(String name, Clients clients, int streams) {}

  static StopTrial run(Variant variant, Load load, int sessions, Scale scale)
      throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(variant)) {
      server.warmUp(scale);
      return run(server, load, sessions, scale);
    }
  }

  /** The server is warm. */
  static StopTrial run(ServerProcess server, Load load, int sessions, Scale scale)
      throws IOException, InterruptedException {
    PeerOptions options = load.clients().options(PeerOptions.h2c(server.port()));
    try (Herd herd = Herd.open(options, sessions)) {
      herd.awaitSettings();
      herd.request("/hold", load.streams());
      var unused = server.ask("held " + sessions * load.streams());
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
