package io.http2drain;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Jetty;
import org.eclipse.jetty.util.annotation.ManagedAttribute;
import org.eclipse.jetty.util.annotation.ManagedObject;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.component.Container;
import org.eclipse.jetty.util.component.Dumpable;
import org.eclipse.jetty.util.component.DumpableCollection;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a server's HTTP/2 sessions without losing a request when the server, or a connector of it,
 * stops.
 *
 * <pre>{@code
 * Server server = …;
 * Drain.install(server);
 * server.start();
 * }</pre>
 *
 * <p>From then on {@link Server#stop()}, {@link Connector#shutdown()} and {@link Connector#stop()}
 * drain: listeners close, each session is told to leave (GOAWAY with 2^31-1), and a round trip
 * later is cut at the last stream that its client can have sent; streams up to there are served,
 * later ones get REFUSED_STREAM, and the connection closes behind the last answer. A stop blocks
 * the thread that calls it until all that is done, and never longer than {@link
 * DrainPolicy#timeout()} and a moment.
 *
 * <p>The drain runs in {@code lifeCycleStopping} of the server, where everything still serves.
 * Jetty's graceful shutdown follows when the requests are answered, and ends what waits for it,
 * such as WebSockets; this component takes part in it as a {@link Graceful} whose future completes
 * when the last session is closed. The server's {@code stopTimeout} is raised for that stop, where
 * it is shorter than what is left of the drain's own.
 *
 * <p>HTTP/1.1 requests in flight on the same connectors finish as well, with {@code Connection:
 * close}.
 */
@ManagedObject("Drains the HTTP/2 sessions of a server that stops")
public final class Drain extends AbstractLifeCycle implements Graceful, Dumpable {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  /** The line of Jetty releases that this is built and tested with. */
  private static final String JETTY_LINE = "12.1.";

  private final Server server;
  private final DrainPolicy policy;
  private final SessionRegistry registry = new SessionRegistry();
  private final FactorySwap factories = new FactorySwap(registry);
  private final ServerStop serverStop;

  private final DrainRuns runs;
  private volatile boolean shutdown;

  private Drain(Server server, DrainPolicy policy) {
    this.server = server;
    this.policy = policy;
    this.serverStop = new ServerStop(server);
    this.runs = new DrainRuns(policy, server.getScheduler(), registry);
  }

  /**
   * Makes a server drain when it stops, with {@link DrainPolicy#DEFAULT}.
   *
   * @see #install(Server, DrainPolicy)
   */
  public static Drain install(Server server) {
    return install(server, DrainPolicy.DEFAULT);
  }

  /**
   * Makes a server drain when it stops. The connectors may be added before or after: Jetty's own
   * HTTP/2 connection factories are replaced when the server starts.
   *
   * @return the component, a bean of the server; the one that is there already, when it was
   *     installed before
   * @throws IllegalStateException when the server is running, or of another Jetty than 12.1
   */
  public static Drain install(Server server, DrainPolicy policy) {
    Drain installed = server.getBean(Drain.class);
    if (installed != null) {
      return installed;
    }
    if (!Jetty.VERSION.startsWith(JETTY_LINE)) {
      throw new IllegalStateException(
          "jetty: " + Jetty.VERSION + " (expected: " + JETTY_LINE + "x)");
    }
    if (server.isRunning()) {
      throw new IllegalStateException("server: " + server.getState() + " (expected: not running)");
    }
    Drain drain = new Drain(server, policy);
    server.addBean(drain);
    server.addEventListener(drain.new ServerListener());
    return drain;
  }

  /** How long the drain waits for whom. */
  public DrainPolicy policy() {
    return policy;
  }

  /**
   * Drains all connectors; what {@link Graceful} asks for. Returns at once.
   *
   * @return a future that completes when the last HTTP/2 session is closed; always by the deadline.
   *     A second call returns the same.
   */
  @Override
  public CompletableFuture<Void> shutdown() {
    shutdown = true;
    List<Connector> connectors = List.of(server.getConnectors());
    runs.claim(connectors);
    runs.join(connectors);
    List<CompletableFuture<Void>> futures =
        registry.runs(connectors).stream().map(DrainRun::shutdownFuture).toList();
    return futures.size() == 1
        ? futures.get(0)
        : CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  /**
   * The report of the last drain.
   *
   * @return a future of its own that completes with the drain; null before the first one since the
   *     start
   */
  public @Nullable CompletableFuture<DrainReport> report() {
    DrainRun latest = runs.latest();
    return latest == null ? null : latest.done().copy();
  }

  /** Prepares a connector that is not running. */
  private boolean adopt(Connector connector) {
    RequestWatch.add(connector);
    boolean ours = factories.replace(connector);
    if (ours && connector.getEventListeners().stream().noneMatch(ConnectorStop.class::isInstance)) {
      connector.addEventListener(new ConnectorStop(connector, server, runs, registry));
      PendingAccepts.watch(connector);
    }
    return ours;
  }

  @ManagedAttribute("Milliseconds from the stop call to the last forced close")
  public long getTimeout() {
    return policy.timeout();
  }

  @ManagedAttribute("Milliseconds that a session may leave a PING of the drain unanswered")
  public long getPingTimeout() {
    return policy.pingTimeout();
  }

  @ManagedAttribute("Milliseconds that a peer may take to close after our FIN")
  public long getLinger() {
    return policy.linger();
  }

  @ManagedAttribute("Whether sessions are being drained")
  public boolean isDraining() {
    DrainRun latest = runs.latest();
    return latest != null && !latest.done().isDone();
  }

  @ManagedAttribute("The number of open HTTP/2 sessions")
  public int getSessionCount() {
    return registry.sessions().size();
  }

  @ManagedAttribute("The number of HTTP/2 streams in flight")
  public int getStreamsInFlight() {
    return registry.streamsInFlight(List.of(server.getConnectors()));
  }

  @ManagedAttribute("The open HTTP/2 sessions")
  public List<String> getSessions() {
    return registry.sessions().stream().map(TrackedSession::toString).toList();
  }

  @Override
  protected void doStop() throws Exception {
    serverStop.restoreThreadPool();
    super.doStop();
  }

  @Override
  public void dump(Appendable out, String indent) throws IOException {
    Dumpable.dumpObjects(
        out, indent, this, new DumpableCollection("sessions", registry.sessions()), policy);
  }

  @Override
  public String toString() {
    return "%s@%x{sessions=%d,streams=%d,draining=%b}"
        .formatted(
            Drain.class.getSimpleName(),
            hashCode(),
            getSessionCount(),
            getStreamsInFlight(),
            isDraining());
  }

  private final class ServerListener implements LifeCycle.Listener, Container.Listener {

    @Override
    public void lifeCycleStarting(LifeCycle event) {
      runs.clear();
      shutdown = false;
      boolean drains = false;
      for (Connector connector : server.getConnectors()) {
        drains |= adopt(connector);
      }
      if (!drains) {
        LOG.warn("No connector of {} speaks HTTP/2: nothing to drain", server);
      }
    }

    /** A connector that is added to a server that runs. */
    @Override
    public void beanAdded(Container parent, Object child) {
      if (server.isRunning() && child instanceof Connector connector && !connector.isRunning()) {
        adopt(connector);
      }
    }

    @Override
    public void beanRemoved(Container parent, Object child) {}

    @Override
    public void lifeCycleStopping(LifeCycle event) {
      serverStop.begin();
      List<Connector> connectors = List.of(server.getConnectors());
      runs.claim(connectors);
      // The listeners close before the sessions are told: who is sent away shall not come back.
      for (Connector connector : connectors) {
        var unused = connector.shutdown(); // Jetty asks for the same future again.
      }
      runs.join(connectors);
      for (DrainRun current : registry.runs(connectors)) {
        if (!ServerStop.awaitRequests(current, connectors)) {
          serverStop.interrupted();
        }
        serverStop.raiseStopTimeout(current);
      }
    }

    @Override
    public void lifeCycleStopped(LifeCycle event) {
      serverStop.stopped();
    }

    @Override
    public void lifeCycleFailure(LifeCycle event, Throwable cause) {
      serverStop.stopped();
    }
  }
}
