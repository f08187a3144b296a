package io.http2drain;

import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry of the Jetty module {@code http2-drain}: called by its XML, with the text of its ini.
 */
public final class DrainModule {

  private static final Logger LOG = LoggerFactory.getLogger(DrainModule.class);

  private DrainModule() {}

  /**
   * Installs a {@link Drain}. What is wrong with a setting, or with the Jetty, is logged as one
   * line ahead of the exception, which ends the start before anything listens.
   *
   * @throws RuntimeException as {@link DrainPolicy#parse} and {@link Drain#install(Server,
   *     DrainPolicy)}
   */
  public static Drain install(Server server, String timeout, String pingTimeout, String linger) {
    try {
      return Drain.install(server, DrainPolicy.parse(timeout, pingTimeout, linger));
    } catch (RuntimeException x) {
      LOG.error("Cannot start: {}", x.getMessage());
      throw x;
    }
  }
}
