package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.LogCapture;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.jetty.http2.FlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.SimpleFlowControlStrategy;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory.AltSvcCustomizer;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class FactorySwapTest {

  private static final FactorySwap SWAP = new FactorySwap(new SessionRegistry());

  private static HTTP2ServerConnectionFactory swapped(HTTP2ServerConnectionFactory stock) {
    ServerConnector connector = new ServerConnector(new Server(), 1, 1, stock);
    assertTrue(SWAP.replace(connector));
    return (HTTP2ServerConnectionFactory) connector.getConnectionFactory(stock.getProtocol());
  }

  /** Every public setter of Jetty's factory, whichever class it comes from. */
  private static Set<Method> setters() {
    return Arrays.stream(HTTP2ServerConnectionFactory.class.getMethods())
        .filter(method -> method.getName().startsWith("set") && method.getParameterCount() == 1)
        .collect(Collectors.toSet());
  }

  private static Object value(Object factory, Method setter) throws ReflectiveOperationException {
    String name = setter.getName().substring(3);
    Method getter;
    try {
      getter = factory.getClass().getMethod("get" + name);
    } catch (NoSuchMethodException x) {
      getter = factory.getClass().getMethod("is" + name);
    }
    Object value = getter.invoke(factory);
    return value instanceof DrainRateControl.Factory ours ? ours.delegate() : value;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everySettingThatJettyHas_isCopied(boolean clearText) throws Exception {
    HTTP2ServerConnectionFactory stock =
        clearText ? new HTTP2CServerConnectionFactory() : new HTTP2ServerConnectionFactory();
    Set<String> changed = new TreeSet<>();
    for (Method setter : setters()) {
      if (setter.getDeclaringClass().getPackageName().startsWith("org.eclipse.jetty.util")) {
        continue; // The beans and the stop time-out of any component.
      }
      Object before = value(stock, setter);
      setter.invoke(stock, another(setter.getParameterTypes()[0], before));
      assertNotEquals(before, value(stock, setter), setter::toString);
      changed.add(setter.getName());
    }
    assertTrue(changed.size() >= 15, changed::toString);
    HTTP2ServerConnectionFactory ours = swapped(stock);
    for (Method setter : setters()) {
      if (changed.contains(setter.getName())) {
        assertEquals(value(stock, setter), value(ours, setter), setter::toString);
      }
    }
    assertSame(stock.getHttpConfiguration(), ours.getHttpConfiguration());
  }

  private static Object another(Class<?> type, Object before) {
    if (type == int.class) {
      return (Integer) before + 1;
    } else if (type == long.class) {
      return (Long) before + 1;
    } else if (type == boolean.class) {
      return !(Boolean) before;
    } else if (type == RateControl.Factory.class) {
      return new WindowRateControl.Factory(7);
    } else if (type == FlowControlStrategy.Factory.class) {
      return (FlowControlStrategy.Factory) SimpleFlowControlStrategy::new;
    }
    throw new IllegalArgumentException("a setting of a type unknown to this test: " + type);
  }

  @Test
  void beansAndListenersOfTheFactory_areCopied() {
    HTTP2ServerConnectionFactory stock = new HTTP2ServerConnectionFactory();
    HTTP2Session.FrameListener listener = new HTTP2Session.FrameListener() {};
    stock.addEventListener(listener);
    stock.addBean("a bean");
    HTTP2ServerConnectionFactory ours = swapped(stock);
    assertTrue(ours.getEventListeners().contains(listener));
    assertTrue(ours.contains("a bean"));
  }

  @Test
  void swap_keepsPlaceAndDefaultProtocol() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT)) {
      List<String> secure = server.secure.getProtocols();
      List<String> clear = server.clear.getProtocols();
      server.server.start();
      assertEquals(secure, server.secure.getProtocols());
      assertEquals(List.of("ssl", "alpn", "h2", "http/1.1"), server.secure.getProtocols());
      assertEquals("ssl", server.secure.getDefaultProtocol());
      assertEquals(clear, server.clear.getProtocols());
      assertEquals("http/1.1", server.clear.getDefaultProtocol());
      assertInstanceOf(
          DrainingHTTP2ServerConnectionFactory.class, server.secure.getConnectionFactory("h2"));
      assertInstanceOf(
          DrainingHTTP2CServerConnectionFactory.class, server.clear.getConnectionFactory("h2c"));
    }
  }

  @Test
  void swap_leavesNoStockFactoryAndNoStockSessionContainer() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      assertFalse(server.server.getContainedBeans(ConnectionFactory.class).contains(server.h2));
      assertFalse(server.server.getContainedBeans(ConnectionFactory.class).contains(server.h2c));
      assertTrue(server.server.getContainedBeans(SessionContainer.class).isEmpty());
    }
  }

  @Test
  void swap_leavesOneAltSvcCustomizer() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      for (HTTP2ServerConnectionFactory factory : List.of(server.h2, server.h2c)) {
        long count =
            factory.getHttpConfiguration().getCustomizers().stream()
                .filter(AltSvcCustomizer.class::isInstance)
                .count();
        assertEquals(1, count);
      }
    }
  }

  @Test
  void swap_keepsTheInputBufferSizeThatTheConfigurationHad() {
    HttpConfiguration configuration = new HttpConfiguration();
    HTTP2ServerConnectionFactory stock = new HTTP2ServerConnectionFactory(configuration);
    configuration.setInputBufferSize(12_345);
    swapped(stock);
    assertEquals(12_345, configuration.getInputBufferSize());
  }

  @Test
  void secondSwap_changesNothing() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      ConnectionFactory ours = server.clear.getConnectionFactory("h2c");
      server.server.stop();
      server.server.start();
      assertSame(ours, server.clear.getConnectionFactory("h2c"));
    }
  }

  /** A user's own. */
  public static class CustomFactory extends HTTP2CServerConnectionFactory {}

  @Test
  void subclassOfAUser_isLeftAloneAndNamedInAWarning() throws Exception {
    Server server = new Server();
    CustomFactory custom = new CustomFactory();
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(), custom);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    Drain.install(server);
    List<String> lines;
    try (LogCapture log = new LogCapture(FactorySwap.class)) {
      server.start();
      lines = log.lines();
    } finally {
      server.stop();
    }
    assertSame(custom, connector.getConnectionFactory("h2c"));
    assertEquals(
        1,
        lines.stream()
            .filter(line -> line.contains("WARN") && line.contains(CustomFactory.class.getName()))
            .count(),
        lines::toString);
  }
}
