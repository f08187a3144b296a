package io.http2drain.admin;

import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry of the Jetty module {@code http2-drain-admin}: called by its XML, with the text of its
 * ini.
 */
public final class AdminModule {

  private static final Logger LOG = LoggerFactory.getLogger(AdminModule.class);

  private AdminModule() {}

  /**
   * Installs a {@link DrainAdmin}. What is wrong with a setting is logged as one line ahead of the
   * exception, which ends the start before anything listens.
   *
   * @throws RuntimeException as {@link AdminPolicy#parse} and {@link DrainAdmin#install}
   */
  public static DrainAdmin install(
      Server server, String host, String port, String token, String tokenFile) {
    try {
      return DrainAdmin.install(server, AdminPolicy.parse(host, port, token, tokenFile));
    } catch (RuntimeException x) {
      LOG.error("Cannot start: {}", x.getMessage());
      throw x;
    }
  }
}
