package io.http2drain.admin;

import io.http2drain.Drain;
import java.io.IOException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.annotation.ManagedAttribute;
import org.eclipse.jetty.util.annotation.ManagedObject;
import org.eclipse.jetty.util.component.Dumpable;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows and steers the drain of a server over HTTP/1.1, on a listener with threads of its own: it
 * answers when every thread of the server is blocked, and its requests hold no drain.
 *
 * <pre>{@code
 * Drain.install(server);
 * DrainAdmin.install(server, AdminPolicy.DEFAULT);
 * server.start();
 * }</pre>
 *
 * <p>It listens from before the server starts until after it has stopped. A port that cannot be
 * bound fails the start of the server.
 */
@ManagedObject("The HTTP endpoint that shows and steers the drain")
public final class DrainAdmin implements Dumpable {

  private static final Logger LOG = LoggerFactory.getLogger(DrainAdmin.class);

  private final AdminPolicy policy;
  private final AdminServer listener;

  private DrainAdmin(Server server, Drain drain, AdminPolicy policy, AdminLimits limits) {
    this.policy = policy;
    this.listener = new AdminServer(policy, limits, new AdminHandler(server, drain, policy));
  }

  /**
   * Makes a server listen for the admin's requests whenever it runs.
   *
   * <p>The component is a bean of the server, but neither managed nor a container: nothing of it
   * takes part in Jetty's graceful shutdown.
   *
   * @return the component; the one that is there already, when it was installed before
   * @throws IllegalStateException when the server is running, or has no {@link Drain}
   */
  public static DrainAdmin install(Server server, AdminPolicy policy) {
    return install(server, policy, AdminLimits.DEFAULT);
  }

  static DrainAdmin install(Server server, AdminPolicy policy, AdminLimits limits) {
    DrainAdmin installed = server.getBean(DrainAdmin.class);
    if (installed != null) {
      return installed;
    }
    Drain drain = server.getBean(Drain.class);
    if (drain == null) {
      throw new IllegalStateException("server: no Drain (expected: Drain.install before)");
    }
    if (server.isRunning()) {
      throw new IllegalStateException("server: " + server.getState() + " (expected: not running)");
    }
    DrainAdmin admin = new DrainAdmin(server, drain, policy, limits);
    server.addBean(admin, false);
    server.addEventListener(admin.new ServerListener());
    return admin;
  }

  /** Where it listens and who may change something. */
  public AdminPolicy policy() {
    return policy;
  }

  /** The port that it listens on; below 0 while it does not. For any thread. */
  @ManagedAttribute("The port that it listens on, below 0 while it does not")
  public int getPort() {
    return listener.port();
  }

  @ManagedAttribute("The host that it listens on")
  public String getHost() {
    return policy.host();
  }

  /** Its open connections. */
  int connectionCount() {
    return listener.connectionCount();
  }

  @Override
  public void dump(Appendable out, String indent) throws IOException {
    Dumpable.dumpObjects(out, indent, this, policy, listener.getThreadPool());
  }

  @Override
  public String toString() {
    return "%s@%x{%s:%d}"
        .formatted(DrainAdmin.class.getSimpleName(), hashCode(), policy.host(), getPort());
  }

  private final class ServerListener implements LifeCycle.Listener {

    /** Before the server does anything; what is thrown here fails its start. */
    @Override
    public void lifeCycleStarting(LifeCycle event) {
      try {
        listener.start();
      } catch (Exception x) {
        String problem =
            "%s: %d (expected: a free port of %s)"
                .formatted(AdminPolicy.PORT, policy.port(), policy.host());
        LOG.error("Cannot start: {}", problem);
        throw new IllegalStateException(problem, x);
      }
      LOG.info("Drain admin at {}", listener.uri());
    }

    @Override
    public void lifeCycleStopped(LifeCycle event) {
      stop();
    }

    @Override
    public void lifeCycleFailure(LifeCycle event, Throwable cause) {
      stop();
    }

    private void stop() {
      try {
        listener.stop();
      } catch (Exception x) {
        LOG.warn("Could not stop {}", listener, x);
      }
    }
  }
}
