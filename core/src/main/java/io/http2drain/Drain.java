package io.http2drain;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
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
import org.eclipse.jetty.util.thread.AutoLock;
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

  private volatile boolean shutdown;

  private final AutoLock lock = new AutoLock();
  private @Nullable DrainRun run;

  private Drain(Server server, DrainPolicy policy) {
    this.server = server;
    this.policy = policy;
    this.serverStop = new ServerStop(server);
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
    claim(connectors);
    join(connectors);
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
   * @return a future that completes with the drain; null before the first one since the start
   */
  public @Nullable CompletableFuture<DrainReport> report() {
    try (AutoLock ignored = lock.lock()) {
      return run == null ? null : run.done();
    }
  }

  /**
   * Decides which run drains the connectors: from here on sessions that open there join it. Does
   * not block.
   */
  private void claim(List<Connector> connectors) {
    DrainRun begun = null;
    try (AutoLock ignored = lock.lock()) {
      for (Connector connector : connectors) {
        if (registry.run(connector) != null || connector.isStopped()) {
          continue;
        }
        if (run == null || !run.add(connector)) {
          begun = new DrainRun(policy, server.getScheduler());
          begun.add(connector);
          run = begun;
        }
        registry.claim(connector, run);
      }
    }
    if (begun != null) {
      LOG.info(
          "Draining {} HTTP/2 sessions with {} streams in flight, for at most {} ms",
          registry.sessionCount(connectors),
          registry.streamsInFlight(connectors),
          policy.timeout());
      begun.start();
    }
  }

  /** Tells the open sessions of connectors that are claimed to leave. Does not block. */
  private void join(List<Connector> connectors) {
    for (Connector connector : connectors) {
      DrainRun claimed = registry.run(connector);
      if (claimed != null) {
        registry.join(connector, claimed);
        claimed.settle();
      }
    }
  }

  /** Prepares a connector that is not running. */
  private boolean adopt(Connector connector) {
    boolean ours = factories.replace(connector);
    if (ours
        && connector.getEventListeners().stream().noneMatch(ConnectorListener.class::isInstance)) {
      connector.addEventListener(new ConnectorListener(connector));
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
    CompletableFuture<DrainReport> report = report();
    return report != null && !report.isDone();
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
      try (AutoLock ignored = lock.lock()) {
        run = null;
      }
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
      claim(connectors);
      // The listeners close before the sessions are told: who is sent away shall not come back
      // here.
      for (Connector connector : connectors) {
        var unused = connector.shutdown(); // Jetty asks for the same future again.
      }
      join(connectors);
      for (DrainRun current : registry.runs(connectors)) {
        ServerStop.awaitRequests(current, connectors);
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

  private final class ConnectorListener implements NetworkConnector.Listener, LifeCycle.Listener {

    private final Connector connector;
    private @Nullable Long shutdownIdleTimeout; // Of the user, while it is switched off.

    private ConnectorListener(Connector connector) {
      this.connector = connector;
    }

    /** {@link Connector#shutdown()} begins with this: the one sign of it that Jetty gives. */
    @Override
    public void onClose(NetworkConnector closed) {
      if (connector.isRunning()) {
        switchOffShutdownIdleTimeout();
        List<Connector> alone = List.of(connector);
        claim(alone);
        // Off this thread, which has yet to close the listener.
        server.getScheduler().schedule(() -> join(alone), 0, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void lifeCycleStopping(LifeCycle event) {
      switchOffShutdownIdleTimeout();
      List<Connector> alone = List.of(connector);
      claim(alone);
      CompletableFuture<Void> closing = connector.shutdown();
      join(alone);
      DrainRun current = registry.run(connector);
      if (current != null && !server.isStopping()) { // There it was waited for already.
        ServerStop.awaitRequests(current, alone);
        ServerStop.await(closing, current.millisLeft());
      }
    }

    @Override
    public void lifeCycleStopped(LifeCycle event) {
      ended();
    }

    @Override
    public void lifeCycleFailure(LifeCycle event, Throwable cause) {
      ended();
    }

    private void ended() {
      if (shutdownIdleTimeout != null && connector instanceof AbstractConnector abstractConnector) {
        abstractConnector.setShutdownIdleTimeout(shutdownIdleTimeout);
        shutdownIdleTimeout = null;
      }
      DrainRun finished = registry.release(connector);
      if (finished != null) {
        finished.remove(connector);
      }
    }

    /**
     * Otherwise Jetty now gives every connection 1 s of idleness, with requests in flight or not.
     */
    private void switchOffShutdownIdleTimeout() {
      if (shutdownIdleTimeout == null && connector instanceof AbstractConnector abstractConnector) {
        shutdownIdleTimeout = abstractConnector.getShutdownIdleTimeout();
        abstractConnector.setShutdownIdleTimeout(-1);
      }
    }
  }
}
