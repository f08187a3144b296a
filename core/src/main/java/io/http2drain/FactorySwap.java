package io.http2drain;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConfiguration.Customizer;
import org.eclipse.jetty.util.component.Container;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts our HTTP/2 connection factories in place of Jetty's own: same position, so that the order
 * that ALPN offers and the default protocol stay, same settings.
 *
 * <p>A factory that is neither ours nor exactly Jetty's is a user's own: it is left alone, with a
 * WARN.
 */
final class FactorySwap {

  private static final Logger LOG = LoggerFactory.getLogger(FactorySwap.class);

  private final SessionRegistry registry;
  private final IdentityHashMap<ConnectionFactory, ConnectionFactory> replacements =
      new IdentityHashMap<>();

  FactorySwap(SessionRegistry registry) {
    this.registry = registry;
  }

  /**
   * Replaces the factories of a connector that is not running.
   *
   * @return whether the connector has a factory of ours, put in now or before
   */
  boolean replace(Connector connector) {
    if (!(connector instanceof AbstractConnector abstractConnector)) {
      return false;
    }
    Set<ConnectionFactory> factories = new LinkedHashSet<>(connector.getConnectionFactories());
    boolean swap = false;
    boolean ours = false;
    for (ConnectionFactory factory : factories) {
      ConnectionFactory replacement = replacement(factory);
      if (replacement != null) {
        replacements.put(factory, replacement);
        swap = true;
      } else if (isOurs(factory)) {
        ours = true;
      } else if (factory instanceof AbstractHTTP2ServerConnectionFactory) {
        LOG.warn(
            "Sessions of {} on {} are not drained: not a factory of Jetty's own",
            factory.getClass().getName(),
            connector);
      }
    }
    if (swap) {
      swap(abstractConnector, factories);
    }
    return swap || ours;
  }

  private void swap(AbstractConnector connector, Collection<ConnectionFactory> factories) {
    // Jetty keeps the factories in order of insertion: all have to go for one to keep its place.
    String defaultProtocol = connector.getDefaultProtocol();
    for (ConnectionFactory factory : factories) {
      for (String protocol : factory.getProtocols()) {
        connector.removeConnectionFactory(protocol);
      }
    }
    for (ConnectionFactory factory : factories) {
      connector.addConnectionFactory(replacements.getOrDefault(factory, factory));
    }
    connector.setDefaultProtocol(defaultProtocol);
  }

  private @Nullable ConnectionFactory replacement(ConnectionFactory factory) {
    ConnectionFactory known = replacements.get(factory);
    if (known != null) {
      return known;
    }
    // Exactly these classes: a subclass may do what we do not know of.
    if (factory.getClass() != HTTP2ServerConnectionFactory.class
        && factory.getClass() != HTTP2CServerConnectionFactory.class) {
      return null;
    }
    HTTP2ServerConnectionFactory stock = (HTTP2ServerConnectionFactory) factory;
    HttpConfiguration configuration = stock.getHttpConfiguration();
    String[] protocols = stock.getProtocols().toArray(String[]::new);
    // The constructor changes both for all who share the configuration.
    int inputBufferSize = stock.getInputBufferSize();
    List<Customizer> customizers = List.copyOf(configuration.getCustomizers());
    HTTP2ServerConnectionFactory replacement =
        stock instanceof HTTP2CServerConnectionFactory
            ? new DrainingHTTP2CServerConnectionFactory(registry, configuration, protocols)
            : new DrainingHTTP2ServerConnectionFactory(registry, configuration, protocols);
    replacement.setInputBufferSize(inputBufferSize);
    configuration.setCustomizers(customizers); // Without a second AltSvcCustomizer.
    copy(stock, replacement);
    return replacement;
  }

  /** Every setting that Jetty's factory has; a test fails when a new Jetty adds one. */
  private static void copy(HTTP2ServerConnectionFactory from, HTTP2ServerConnectionFactory to) {
    to.setMaxDecoderTableCapacity(from.getMaxDecoderTableCapacity());
    to.setMaxEncoderTableCapacity(from.getMaxEncoderTableCapacity());
    to.setInitialSessionRecvWindow(from.getInitialSessionRecvWindow());
    to.setInitialStreamRecvWindow(from.getInitialStreamRecvWindow());
    to.setMaxConcurrentStreams(from.getMaxConcurrentStreams());
    to.setMaxHeaderBlockFragment(from.getMaxHeaderBlockFragment());
    to.setMaxFrameSize(from.getMaxFrameSize());
    to.setMaxSettingsKeys(from.getMaxSettingsKeys());
    to.setStreamIdleTimeout(from.getStreamIdleTimeout());
    to.setConnectProtocolEnabled(from.isConnectProtocolEnabled());
    to.setFlowControlStrategyFactory(from.getFlowControlStrategyFactory());
    to.setRateControlFactory(from.getRateControlFactory());
    to.setUseInputDirectByteBuffers(from.isUseInputDirectByteBuffers());
    to.setUseOutputDirectByteBuffers(from.isUseOutputDirectByteBuffers());
    for (Object bean : from.getBeans()) { // Event listeners are beans, too.
      boolean inherited = bean instanceof Container.InheritedListener;
      if (!(bean instanceof SessionContainer) && !to.contains(bean) && !inherited) {
        to.addBean(bean, from.isManaged(bean));
      }
    }
  }

  /** Whether the sessions of a connector are drained. */
  static boolean isOurs(Connector connector) {
    return connector.getConnectionFactories().stream().anyMatch(FactorySwap::isOurs);
  }

  private static boolean isOurs(ConnectionFactory factory) {
    return factory instanceof DrainingHTTP2ServerConnectionFactory
        || factory instanceof DrainingHTTP2CServerConnectionFactory;
  }
}
