package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.LogCapture;
import io.http2drain.rig.Scene;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.jmx.MBeanContainer;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is not ours throws, or dies, in the middle of a drain: the drain goes on, and ends. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BrokenPartsTest {

  /** A stop with a request in flight that is answered, and with a session that is idle. */
  private static void assertDrainsLosslessly(Scene scene) throws Exception {
    RawPeer peer = scene.connect(scene.server().h2c());
    int good = scene.hold(peer, "/hold/good");
    scene.stop();
    scene.awaitCut(peer);
    scene.answered(peer, good, "/hold/good");
    scene.releaseWitness();
    scene.awaitStopped();
    DrainReport report = scene.server().report();
    assertEquals(2, report.completed());
    assertEquals(0, report.refused() + report.abandoned() + report.cut());
  }

  /** Throws in every event of a session, a connection, a connector or a server that it hears. */
  private static final class ThrowingListener
      implements HTTP2Session.FrameListener,
          HTTP2Session.LifeCycleListener,
          Connection.Listener,
          NetworkConnector.Listener,
          LifeCycle.Listener {

    final AtomicInteger thrown = new AtomicInteger();

    private RuntimeException failure() {
      thrown.incrementAndGet();
      return new IllegalStateException("a user's listener");
    }

    @Override
    public void onIncomingFrame(Session session, Frame frame) {
      throw failure();
    }

    @Override
    public void onOutgoingFrame(Session session, Frame frame) {
      throw failure();
    }

    @Override
    public void onOpen(Session session) {
      throw failure();
    }

    @Override
    public void onClose(Session session) {
      throw failure();
    }

    @Override
    public void onOpened(Connection connection) {
      throw failure();
    }

    @Override
    public void onClosed(Connection connection) {
      throw failure();
    }

    @Override
    public void onClose(NetworkConnector connector) {
      throw failure();
    }
  }

  @Test
  void listenersThatThrow_loseNothing() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    ThrowingListener listener = new ThrowingListener();
    server.h2c.addBean(listener);
    server.h2.addBean(listener);
    server.clear.addEventListener(listener);
    server.secure.addEventListener(listener);
    try (Scene scene = Scene.open(server)) {
      assertDrainsLosslessly(scene);
      assertTrue(listener.thrown.get() > 10, () -> "thrown: " + listener.thrown);
    }
  }

  @Test
  void futuresThatAreGivenAway_areNoHandleOnTheDrain() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      int good = scene.hold(peer, "/hold/good");
      CompletableFuture<Void> shutdown = scene.server().drain.shutdown();
      var unused =
          shutdown.thenRun(
              () -> {
                throw new IllegalStateException("a user's dependent");
              });
      CompletableFuture<DrainReport> report = scene.server().drain.report();
      assertTrue(report != null && report.cancel(true));
      assertTrue(scene.server().drain.isDraining(), "cancelled by a user");
      scene.stop();
      scene.awaitCut(peer);
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      assertTrue(shutdown.isDone());
      assertFalse(scene.server().drain.isDraining());
    }
  }

  @Test
  void loggingThatThrows_losesNothing() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT);
        LogCapture log =
            LogCapture.thatThrows(DrainLog.class, new OutOfMemoryError("thrown by a test"))) {
      assertDrainsLosslessly(scene);
      assertEquals(2, log.lines().size(), () -> log.lines().toString());
    }
  }

  @Test
  void mbeanServerThatThrows_losesNothing() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    MBeanServer beans = MBeanServerFactory.newMBeanServer();
    AtomicInteger thrown = new AtomicInteger();
    MBeanServer broken =
        (MBeanServer)
            Proxy.newProxyInstance(
                MBeanServer.class.getClassLoader(),
                new Class<?>[] {MBeanServer.class},
                (proxy, method, arguments) -> {
                  if (server.server.isStopping()) {
                    thrown.incrementAndGet();
                    throw new IllegalStateException("JMX");
                  }
                  return method.invoke(beans, arguments);
                });
    server.server.addBean(new MBeanContainer(broken));
    try (Scene scene = Scene.open(server)) {
      assertDrainsLosslessly(scene);
      assertTrue(thrown.get() > 0, "JMX was not asked");
    }
  }

  /** Until it is broken it works. */
  private static final class BreakableScheduler extends ScheduledExecutorScheduler {

    private volatile boolean dead;
    private volatile boolean throwing;

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit units) {
      if (throwing) {
        throw new OutOfMemoryError("thrown by a test");
      }
      return dead ? () -> true : super.schedule(task, delay, units);
    }
  }

  /** The scheduler breaks while requests are in flight, one of which nobody will answer. */
  private static void assertEndsAtTheDeadline(Scene scene, Runnable breaking) throws Exception {
    RawPeer silent = scene.connect(scene.server().h2c().withAckPing(false));
    scene.hold(silent, "/hold/never");
    breaking.run();
    scene.stop();
    scene.releaseWitness(); // Needs no timer.
    scene.awaitStopped();
    DrainReport report = scene.server().report();
    assertEquals(1, report.completed());
    assertEquals(1, report.cut());
  }

  @Test
  void schedulerThatIsDead_theDrainStillEndsSoonAfterItsDeadline() throws Exception {
    BreakableScheduler scheduler = new BreakableScheduler();
    try (Scene scene =
            Scene.open(new DrainedServer(DrainPolicy.DEFAULT.withTimeout(1000), scheduler));
        LogCapture log = new LogCapture(DrainLog.class)) {
      assertEndsAtTheDeadline(scene, () -> scheduler.dead = true);
      List<String> warnings = log.lines().stream().filter(l -> l.contains("WARN")).toList();
      assertTrue(warnings.get(0).contains("Nothing ended the drain"), warnings::toString);
    }
  }

  @Test
  void schedulerThatIsOutOfMemory_isLoggedOnceAndTheDrainStillEnds() throws Exception {
    BreakableScheduler scheduler = new BreakableScheduler();
    try (Scene scene =
            Scene.open(new DrainedServer(DrainPolicy.DEFAULT.withTimeout(1000), scheduler));
        LogCapture log = new LogCapture(DrainLog.class)) {
      assertEndsAtTheDeadline(scene, () -> scheduler.throwing = true);
      long told = log.lines().stream().filter(l -> l.contains("Could not schedule")).count();
      assertEquals(1, told, () -> log.lines().toString());
    }
  }
}
