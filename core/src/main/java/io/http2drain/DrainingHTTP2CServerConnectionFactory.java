package io.http2drain;

import io.http2drain.DrainingHTTP2ServerConnectionFactory.SessionListener;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;

/**
 * {@link HTTP2CServerConnectionFactory} whose sessions a {@link Drain} can bring to a lossless end:
 * clear-text HTTP/2, by prior knowledge or by upgrade.
 *
 * <p>{@link Drain#install} puts it in place of Jetty's own; there is no need to make one by hand.
 */
public class DrainingHTTP2CServerConnectionFactory extends HTTP2CServerConnectionFactory {

  private final SessionRegistry registry;

  DrainingHTTP2CServerConnectionFactory(
      SessionRegistry registry, HttpConfiguration configuration, String... protocols) {
    super(configuration, protocols);
    this.registry = registry;
    // As in DrainingHTTP2ServerConnectionFactory, whose twin this is: Jetty's two have no common
    // seam.
    removeBean(getBean(SessionContainer.class));
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return super.newConnection(connector, new LingeringEndPoint(registry, connector, endPoint));
  }

  @Override
  protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
    return new SessionListener(this, (LingeringEndPoint) endPoint);
  }

  @Override
  public RateControl.Factory getRateControlFactory() {
    return DrainRateControl.factory(super.getRateControlFactory());
  }
}
