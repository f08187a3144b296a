package io.http2drain.bench;

import io.http2drain.Drain;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** What is compared. */
enum Variant {
  /** Jetty as it is, with what its module {@code graceful} adds. */
  STOCK {
    @Override
    void fit(Server server) {
      server.insertHandler(new GracefulHandler());
    }
  },
  /** Jetty as it is, and nothing else: what no request pays anything to. */
  BARE {
    @Override
    void fit(Server server) {}
  },
  OURS {
    @Override
    void fit(Server server) {
      var unused = Drain.install(server);
    }
  };

  abstract void fit(Server server);
}
