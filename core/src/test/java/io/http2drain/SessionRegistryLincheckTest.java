package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.rig.FakeConnector;
import io.http2drain.rig.FakeEndPoint;
import io.http2drain.rig.IdleScheduler;
import io.http2drain.rig.Interleavings;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The race of a session that opens with the drain of its connector, under a concurrency tester. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SessionRegistryLincheckTest {

  /** One session, and a connector that leaves and may end: in any order, and at the same time. */
  public static class Sessions {

    private static final Scheduler SCHEDULER = new IdleScheduler();

    private final SessionRegistry registry = new SessionRegistry();
    private final DrainRuns runs = new DrainRuns(DrainPolicy.DEFAULT, SCHEDULER, registry);
    private final FakeConnector fake = FakeConnector.create();
    private final List<Connector> connectors = List.of(fake.connector());
    private final FakeEndPoint endPoint = fake.connect();
    private final TrackedSession session =
        new LingeringEndPoint(registry, fake.connector(), endPoint.endPoint()).tracked();
    private boolean opened;
    private boolean closed;
    private boolean left;
    private boolean released;

    @Operation
    public void open() {
      registry.opened(session);
      opened = true;
    }

    @Operation
    public void close() {
      endPoint.close();
      session.closed();
      closed = true;
    }

    /** As the server and the connector both do when they stop. */
    @Operation
    public void leave() {
      runs.claim(connectors);
      runs.join(connectors);
      left = true;
    }

    /** As at the end of the connector. */
    @Operation
    public void release() {
      DrainRun run = registry.release(fake.connector());
      if (run != null) {
        run.remove(fake.connector());
      }
      released = true;
    }

    @Validate
    public void isJoinedOnceAndKeptWhileOpen() {
      if (released) {
        leave(); // The connector was started, and stops again.
      }
      boolean open = opened && !closed;
      assertEquals(open ? Set.of(session) : Set.of(), registry.sessions());
      int joins = endPoint.idleTimeouts(); // The first thing that a drain does is to set it.
      if (open && left) {
        assertEquals(1, joins);
      }
      assertTrue(joins <= 1);
      DrainRun run = runs.latest();
      if (closed && run != null) {
        run.settle();
        assertTrue(run.done().isDone());
      }
    }
  }

  @Test
  void sessionIsJoinedExactlyOnceAndForgottenWhenClosed() {
    Interleavings.ofRegistry(Sessions.class)
        .scenario(List.of("open"), List.of("leave"))
        .scenario(List.of("open", "leave"), List.of("leave"))
        .scenario(List.of("open"), List.of("leave", "release"))
        .scenario(List.of("open"), List.of("close"))
        .scenarioAfter(List.of("open"), List.of("leave"), List.of("close"))
        .scenario(List.of("open"), List.of("leave"), List.of("close"))
        .check();
  }
}
