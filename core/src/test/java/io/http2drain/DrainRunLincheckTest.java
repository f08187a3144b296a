package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.http2drain.rig.FakeConnector;
import io.http2drain.rig.FakeEndPoint;
import io.http2drain.rig.IdleScheduler;
import io.http2drain.rig.Interleavings;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a run is over, under a concurrency tester: once, never early, and always in the end. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DrainRunLincheckTest {

  /** A run of one connector with two connections, and another connector that may come to it. */
  public static class Run {

    private static final Scheduler SCHEDULER = new IdleScheduler();
    private static final SessionRegistry REGISTRY = new SessionRegistry();

    private final DrainRun run = new DrainRun(DrainPolicy.DEFAULT, SCHEDULER);
    private final FakeConnector first = FakeConnector.create();
    private final FakeConnector second = FakeConnector.create();
    private final Client a = new Client("a", first);
    private final Client b = new Client("b", first);
    private final Client c = new Client("c", second);
    private boolean dropped;
    private int completions;
    private String early = "";

    public Run() {
      a.awaited = run.add(first.connector());
      b.awaited = true;
      var unused = run.done().thenRun(this::completed);
    }

    private void completed() {
      completions++;
      for (Client client : List.of(a, b, c)) {
        early += client.awaited || client.inSession ? client.name : "";
      }
    }

    @Operation
    public void serveA() {
      a.serve();
    }

    @Operation
    public void serveB() {
      b.serve();
    }

    @Operation
    public void dropB() {
      b.drop();
    }

    @Operation
    public void settle() {
      run.settle();
    }

    /** The first connector has stopped; what opens there now, opens too late. */
    @Operation
    public void removeFirst() {
      a.awaited = false;
      b.awaited = false;
      run.remove(first.connector());
    }

    @Operation
    public void addSecond() {
      c.awaited = run.add(second.connector());
    }

    @Validate
    public void isOverOnceAndInTime() {
      assertEquals("", early);
      for (Client client : List.of(a, b, c)) {
        if (client.awaited) {
          assertEquals(0, completions);
          client.drop();
        }
      }
      if (dropped) { // Of which nobody tells.
        run.settle();
      }
      assertEquals(1, completions);
    }

    /** A connection, from the handshake to its end. */
    private final class Client {

      private final String name;
      private final FakeEndPoint endPoint;
      private final SessionDrain drain;
      private volatile boolean awaited; // In a handshake, on a connector of the run.
      private volatile boolean inSession;

      private Client(String name, FakeConnector connector) {
        this.name = name;
        endPoint = connector.connect();
        TrackedSession session =
            new LingeringEndPoint(REGISTRY, connector.connector(), endPoint.endPoint()).tracked();
        drain = new SessionDrain(session, run);
      }

      private void serve() {
        run.sessionJoins(drain);
        inSession = awaited; // Not when its connector stopped before it could join.
        awaited = false;
        endPoint.establish();
        run.admissionEnded();
        inSession = false;
        endPoint.close();
        run.sessionClosed(drain);
        run.sessionClosed(drain); // Jetty and the drain both tell.
      }

      /** Gone before it became a session. */
      private void drop() {
        awaited = false;
        dropped = true;
        endPoint.close();
      }
    }
  }

  @Test
  void runIsOverOnceWhenTheLastSessionIsClosedAndNoneCanFollow() {
    Interleavings.ofRun(Run.class)
        .scenario(List.of("serveA"), List.of("serveB"))
        .scenario(List.of("serveA", "settle"), List.of("dropB", "settle"))
        .scenario(List.of("serveA"), List.of("dropB", "addSecond"))
        .scenario(List.of("serveA"), List.of("removeFirst", "addSecond"))
        .check();
  }
}
