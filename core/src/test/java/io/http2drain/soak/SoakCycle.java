package io.http2drain.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.PeerOptions;
import io.http2drain.rig.DrainedServer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One server from its start to its stop, under peers that chance has drawn. */
final class SoakCycle {

  private static final List<PeerKind> KINDS = List.of(PeerKind.values());

  private final long seed;
  private final Random random;

  SoakCycle(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  private record Drawn(PeerKind kind, PeerOptions options, SoakPeer peer) {}

  /**
   * Runs the cycle.
   *
   * @return how many streams had which fate
   * @throws AssertionError when a stream was lost, or run twice, that must not be; names the seed
   */
  Map<Fate, Long> run() throws Exception {
    DrainPolicy policy =
        DrainPolicy.DEFAULT.withTimeout(4000).withLinger(random.nextInt(300)).withPingTimeout(2000);
    SoakHandler handler = new SoakHandler();
    try (DrainedServer server = new DrainedServer(policy)) {
      server.server.setHandler(handler);
      server.server.start();
      List<Drawn> peers = new ArrayList<>();
      int drawn = 2 + random.nextInt(8);
      for (int i = 0; i < drawn; i++) {
        PeerKind kind = KINDS.get(random.nextInt(KINDS.size()));
        PeerOptions options = random.nextBoolean() ? server.h2() : server.h2c();
        String id = "%x-%d".formatted(seed, i);
        peers.add(new Drawn(kind, options, kind.connect(options, id, random)));
      }
      CompletableFuture<Void> stopped = stop(server);
      for (Drawn one : peers) {
        one.peer.stopBegan();
      }
      stopped.get(30, TimeUnit.SECONDS);
      Map<Fate, Long> fates = new EnumMap<>(Fate.class);
      for (Drawn one : peers) {
        SoakPeer.Account account = one.peer.end();
        account.fates().forEach((fate, count) -> fates.merge(fate, count, Long::sum));
        check(one, account, handler);
      }
      assertEquals(new TreeSet<>(), new TreeSet<>(handler.executedTwice()), this::toString);
      return fates;
    }
  }

  /** By one of the ways in which a server, or all that it serves on, is stopped. */
  private CompletableFuture<Void> stop(DrainedServer server) {
    switch (random.nextInt(3)) {
      case 0 -> {
        var unused = server.drain.shutdown();
      }
      case 1 -> {
        var unused = server.clear.shutdown();
        unused = server.secure.shutdown();
      }
      default -> {}
    }
    return server.stop();
  }

  private void check(Drawn drawn, SoakPeer.Account account, SoakHandler handler) {
    String context = this + " " + drawn.kind + " " + drawn.options + " " + account;
    PeerKind.Promise promise = drawn.kind.promise();
    if (promise == PeerKind.Promise.ALL_SERVED) {
      assertEquals(0, account.count(Fate.REFUSED), context);
    }
    if (promise != PeerKind.Promise.NONE_TWICE) {
      assertEquals(0, account.failed(), context);
    }
    for (String id : account.refusedIds()) {
      assertTrue(
          !handler.executed().contains(id), () -> "run though refused: " + id + " " + context);
    }
  }

  @Override
  public String toString() {
    return "seed " + seed;
  }
}
