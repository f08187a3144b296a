package io.http2drain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Jetty;
import org.eclipse.jetty.util.annotation.ManagedAttribute;
import org.eclipse.jetty.util.annotation.ManagedObject;
import org.eclipse.jetty.util.annotation.ManagedOperation;
import org.eclipse.jetty.util.annotation.Name;
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
 * drain: readiness goes down, listeners close after the quiet period, each session is told to leave
 * (GOAWAY with 2^31-1), and a round trip later is cut at the last stream that its client can have
 * sent; streams up to there are served, later ones get REFUSED_STREAM, and the connection closes
 * behind the last answer. A stop blocks the thread that calls it until all that is done, and never
 * longer than {@link DrainPolicy#timeout()} and a moment.
 *
 * <p>The drain runs in {@code lifeCycleStopping} of the server, where everything still serves.
 * Jetty's graceful shutdown follows when the requests are answered, and ends what waits for it,
 * such as WebSockets; this component takes part in it as a {@link Graceful} whose future completes
 * when the last session is closed. The server's {@code stopTimeout} is raised for that stop, where
 * it is shorter than what is left of the drain's own.
 *
 * <p>HTTP/1.1 requests in flight on the same connectors finish as well, with {@code Connection:
 * close}.
 *
 * <p>A server, one connector or one session can also be drained while it stays open, and that can
 * be undone. {@link #status()} tells at any time who is waited for. All of this may be called by
 * any thread, and returns at once.
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
  private final StatusReader statusReader;
  private volatile @Nullable ReportFile reportFile;
  private volatile @Nullable String readinessPath;
  private volatile boolean shutdown;

  private Drain(Server server, DrainPolicy policy) {
    this.server = server;
    this.policy = policy;
    this.serverStop = new ServerStop(server);
    this.runs = new DrainRuns(policy, server.getScheduler(), registry);
    this.statusReader = new StatusReader(server, registry, runs);
    runs.whenBegun(
        run -> {
          ReportFile file = reportFile;
          if (file != null) {
            file.expect(run);
          }
        });
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
    List<Connector> connectors = connectors();
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

  /**
   * Whether the server wants new traffic: it is started, and neither it nor one of its connectors
   * is leaving.
   */
  @ManagedAttribute("Whether the server wants new traffic")
  public boolean isReady() {
    return statusReader.isReady();
  }

  /** Whether a connector wants new traffic. */
  public boolean isReady(Connector connector) {
    return server.isStarted() && connector.isRunning() && registry.run(connector) == null;
  }

  /** What the server is waiting for. Costs about as much as to print a line for each session. */
  public DrainStatus status() {
    return statusReader.status();
  }

  /** What became of the streams in all drains so far. */
  public DrainTotals totals() {
    return runs.tally().totals();
  }

  /**
   * Drains the whole server while it stays open: readiness goes down, and the sessions are told to
   * leave as in a stop, with its times. Sessions that open after the quiet period are told at once.
   *
   * @return a future of its own that completes with the drain; of the drain that is under way, if
   *     there is one
   * @throws IllegalStateException when no connector is running
   */
  public CompletableFuture<DrainReport> drainServer() {
    return runs.demand(connectors()).done().copy();
  }

  /**
   * Drains one connector while it stays open.
   *
   * @param nameOrPort {@link ConnectorStatus#name()}, or the number of its port
   * @return as {@link #drainServer()}
   * @throws IllegalArgumentException when there is no such connector
   * @throws IllegalStateException when it is not running
   */
  public CompletableFuture<DrainReport> drainConnector(String nameOrPort) {
    return runs.demand(List.of(connector(nameOrPort))).done().copy();
  }

  /**
   * Drains one session: asks its client to leave.
   *
   * @param idOrRemoteAddress {@link SessionStatus#id()} or {@link SessionStatus#remoteAddress()}
   * @return as {@link #drainServer()}
   * @throws IllegalArgumentException when there is no such session
   */
  public CompletableFuture<DrainReport> drainSession(String idOrRemoteAddress) {
    return runs.demand(session(idOrRemoteAddress)).done().copy();
  }

  /**
   * Ends all drains on demand: the server is ready again, sessions that were told nothing yet stay,
   * and new ones live normally. A session that was told cannot be called back: it goes on leaving,
   * but nothing of it is cut at a deadline any more.
   *
   * @return whether anything was being drained
   * @throws IllegalStateException when the server or a connector is being stopped: that cannot be
   *     undone
   */
  public boolean undo() {
    boolean undone = runs.undo(connectors());
    for (TrackedSession session : registry.sessions()) {
      undone |= registry.run(session.connector()) == null && runs.undo(session);
    }
    return undone;
  }

  /**
   * Ends the drain of one connector.
   *
   * @return whether it was being drained
   * @throws IllegalArgumentException when there is no such connector
   * @throws IllegalStateException as {@link #undo()}
   */
  public boolean undoConnector(String nameOrPort) {
    return runs.undo(List.of(connector(nameOrPort)));
  }

  /**
   * Ends the drain of one session.
   *
   * @return whether it was being drained
   * @throws IllegalArgumentException when there is no such session
   * @throws IllegalStateException when its whole connector is drained
   */
  public boolean undoSession(String idOrRemoteAddress) {
    return runs.undo(session(idOrRemoteAddress));
  }

  // What JMX clients can call: they cannot do anything with a future.

  @ManagedOperation(value = "Drains the server while it stays open", impact = "ACTION")
  public void startDrain() {
    var unused = drainServer();
  }

  @ManagedOperation(value = "Drains a connector while it stays open", impact = "ACTION")
  public void startConnectorDrain(@Name("nameOrPort") String nameOrPort) {
    var unused = drainConnector(nameOrPort);
  }

  @ManagedOperation(value = "Asks the client of a session to leave", impact = "ACTION")
  public void startSessionDrain(@Name("idOrRemoteAddress") String idOrRemoteAddress) {
    var unused = drainSession(idOrRemoteAddress);
  }

  @ManagedOperation(value = "Ends all drains on demand", impact = "ACTION")
  public boolean undoDrain() {
    return undo();
  }

  @ManagedOperation(value = "Ends the drain of a connector", impact = "ACTION")
  public boolean undoConnectorDrain(@Name("nameOrPort") String nameOrPort) {
    return undoConnector(nameOrPort);
  }

  @ManagedOperation(value = "Ends the drain of a session", impact = "ACTION")
  public boolean undoSessionDrain(@Name("idOrRemoteAddress") String idOrRemoteAddress) {
    return undoSession(idOrRemoteAddress);
  }

  /**
   * Where each drain leaves its report, as JSON. A file that is there is replaced, atomically.
   *
   * @throws IllegalArgumentException when it cannot be written
   */
  public void setReportFile(@Nullable Path file) {
    reportFile = file == null ? null : new ReportFile(file);
  }

  /**
   * A path on every connector that answers 200 while that connector wants new traffic, and 503
   * otherwise. Takes effect when the server starts.
   *
   * @param path begins with a slash; null for none
   * @throws IllegalArgumentException when it does not
   */
  public void setReadinessPath(@Nullable String path) {
    if (path != null && !path.startsWith("/")) {
      throw new IllegalArgumentException(
          DrainModule.READINESS_PATH + ": " + path + " (expected: a path that begins with /)");
    }
    readinessPath = path;
  }

  private List<Connector> connectors() {
    return List.of(server.getConnectors());
  }

  private Connector connector(String nameOrPort) {
    for (Connector connector : server.getConnectors()) {
      if (StatusReader.isCalled(connector, nameOrPort)) {
        return connector;
      }
    }
    throw new IllegalArgumentException(
        "connector: " + nameOrPort + " (expected: a name or a port of this server)");
  }

  private TrackedSession session(String idOrRemoteAddress) {
    for (TrackedSession session : registry.sessions()) {
      if (Long.toString(session.id()).equals(idOrRemoteAddress)
          || session.remoteAddress().equals(idOrRemoteAddress)) {
        return session;
      }
    }
    throw new IllegalArgumentException(
        "session: " + idOrRemoteAddress + " (expected: an id or a remote address)");
  }

  /** Prepares a connector that is not running. */
  private boolean adopt(Connector connector) {
    RequestWatch.add(connector, registry);
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

  @ManagedAttribute("Milliseconds from the stop call to the close of the listeners")
  public long getQuietPeriod() {
    return policy.quietPeriod();
  }

  @ManagedAttribute("Milliseconds over which the sessions are told to leave")
  public long getSpread() {
    return policy.spread();
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
    return registry.count(connectors()).streams();
  }

  @ManagedAttribute("Where the server is: SERVING, QUIET, DRAINING or DRAINED")
  public String getPhase() {
    return statusReader.phase().name();
  }

  @ManagedAttribute("Milliseconds until what is in flight is cut; -1 when no deadline is running")
  public long getMillisToDeadline() {
    return statusReader.millisToDeadline();
  }

  @ManagedAttribute("The oldest requests in flight, with method, path, age and remote address")
  public List<String> getOldestRequests() {
    return statusReader.requests(10).stream().map(RequestStatus::toString).toList();
  }

  @ManagedAttribute("The open HTTP/2 sessions")
  public List<String> getSessions() {
    return registry.sessions().stream().map(TrackedSession::toString).toList();
  }

  @Override
  protected void doStop() throws Exception {
    serverStop.restoreThreadPool();
    ReportFile file = reportFile;
    if (file != null) {
      file.await();
    }
    super.doStop();
  }

  @Override
  public void dump(Appendable out, String indent) throws IOException {
    Dumpable.dumpObjects(
        out,
        indent,
        this,
        new DumpableCollection("sessions", registry.sessions()),
        new DumpableCollection(
            "requests in flight, oldest first", statusReader.requests(DrainStatus.MAX_REQUESTS)),
        policy);
  }

  @Override
  public String toString() {
    return "%s@%x{phase=%s,sessions=%d,streams=%d,draining=%b}"
        .formatted(
            Drain.class.getSimpleName(),
            hashCode(),
            statusReader.phase(),
            getSessionCount(),
            getStreamsInFlight(),
            isDraining());
  }

  private final class ServerListener implements LifeCycle.Listener, Container.Listener {

    @Override
    public void lifeCycleStarting(LifeCycle event) {
      var unused = DrainClasses.load();
      runs.clear();
      shutdown = false;
      if (readinessPath != null) {
        ReadinessHandler.mount(server, readinessPath, Drain.this);
      }
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
      List<Connector> connectors = connectors();
      if (!runs.awaitQuiet(connectors)) {
        serverStop.interrupted();
      }
      // The listeners close before the sessions are told: who is sent away shall not come back.
      for (Connector connector : connectors) {
        var unused = connector.shutdown(); // Jetty asks for the same future again.
      }
      runs.endQuiet(connectors);
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
