package io.http2drain.rig;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;

/** A connector without a network: the test makes, moves and ends its connections. */
public final class FakeConnector {

  private final Set<EndPoint> connected = ConcurrentHashMap.newKeySet();
  private final Connector connector = fake(Connector.class, this::answer);

  private FakeConnector() {}

  private @Nullable Object answer(String call) {
    return switch (call) {
      case "getConnectedEndPoints" -> connected;
      case "getEventListeners" -> List.of();
      default -> null;
    };
  }

  public static FakeConnector create() {
    return new FakeConnector();
  }

  public Connector connector() {
    return connector;
  }

  /** A connection that has just been accepted: nobody knows yet what it will speak. */
  public FakeEndPoint connect() {
    FakeEndPoint endPoint = new FakeEndPoint(connected::remove);
    connected.add(endPoint.endPoint());
    return endPoint;
  }

  /** An object that gives its answers by the names of methods; null stands for nothing or no. */
  static <T> T fake(Class<T> type, Function<String, @Nullable Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> 1; // The same in each run.
                  case "toString" -> type.getSimpleName();
                  default -> {
                    Object answer = answers.apply(method.getName());
                    boolean no = answer == null && method.getReturnType() == boolean.class;
                    yield no ? false : answer;
                  }
                }));
  }
}
