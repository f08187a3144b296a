package io.http2drain.bench;

import static java.util.stream.Collectors.toList;

import io.http2drain.bench.StopTrial.Clients;
import io.http2drain.bench.StopTrial.Load;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The stop of a server with many sessions: when the last of them was told, beside a bare loop that
 * writes as many frames on as many sockets, and when the stop is over, beside stock.
 */
final class Drains implements Part {

  private static final double FLOORS = 2;

  private static final List<Load> LOADS =
      List.of(
          new Load("idle, leave when told", Clients.LEAVING, 0),
          new Load("idle, leave on FIN", Clients.STAYING, 0),
          new Load("idle, linger", Clients.LINGERING, 0),
          new Load("one stream each", Clients.LEAVING, 1));

  private final Plot told =
      new Plot(
          "From the stop to the last GOAWAY(2^31-1) on its client: idle sessions that leave then",
          "sessions",
          "ms");
  private final Plot stopped =
      new Plot("From the stop to its end: idle sessions that leave when told", "sessions", "ms");
  private final Plot released =
      new Plot(
          "From the release of the requests to the end of the stop", "streams a session", "ms");

  @Override
  public String name() {
    return "drain";
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    var unused = floor(scale.mostSessions(), Clients.STAYING); // The clients are warm from here.
    bySessions(scale, results);
    byStreams(scale, results);
    told.write(results.directory().resolve("told.svg"));
    stopped.write(results.directory().resolve("stop.svg"));
    released.write(results.directory().resolve("streams.svg"));
  }

  private void bySessions(Scale scale, Results results) throws IOException, InterruptedException {
    Map<Load, List<StopTrial>> smaller = new HashMap<>();
    int smallerSize = 0;
    for (int sessions : scale.sessions()) {
      boolean most = sessions == scale.mostSessions();
      int times = most ? scale.pairs() : scale.rounds();
      for (Load load : LOADS) {
        List<Double> floor = new ArrayList<>();
        Pairs<StopTrial> pairs = new Pairs<>(Variant.STOCK);
        for (int i = 0; i < times; i++) {
          floor.add(floor(sessions, load.clients()));
          pairs.take(1, variant -> StopTrial.run(variant, load, sessions, scale));
        }
        String scenario = number(sessions) + " " + load.name();
        results.add(
            comparison(
                scenario,
                "told the last",
                "floor",
                floor,
                values(pairs.ours(), told()),
                most ? Target.ratioAtMost(FLOORS) : Target.none()));
        results.add(withStock(scenario, "told the last", pairs, told(), Target.none()));
        boolean held = load.streams() > 0;
        ToDoubleFunction<StopTrial> stop = held ? released() : stopped();
        results.add(
            withStock(
                scenario,
                held ? "stop, from release" : "stop",
                pairs,
                stop,
                most ? Target.ratioAtMost(1) : Target.none()));
        addLost(scenario, load, pairs, results);
        List<StopTrial> before = smaller.put(load, pairs.ours());
        if (before != null) {
          int factor = sessions / smallerSize;
          results.add(growth(scenario, "told the last", factor, before, pairs.ours(), told()));
        }
        if (load.equals(LOADS.get(0))) {
          plot(told, sessions, pairs, told());
          told.add("a bare loop", sessions, Comparison.median(floor));
          plot(stopped, sessions, pairs, stopped());
        }
      }
      smallerSize = sessions;
    }
  }

  private void byStreams(Scale scale, Results results) throws IOException, InterruptedException {
    int sessions = scale.sessions().get(scale.sessions().size() / 2);
    List<StopTrial> before = List.of();
    int fewer = 0;
    for (int streams : scale.streams()) {
      Load load = new Load("sessions x %d streams".formatted(streams), Clients.LEAVING, streams);
      Pairs<StopTrial> pairs = new Pairs<>(Variant.STOCK);
      pairs.take(scale.rounds(), variant -> StopTrial.run(variant, load, sessions, scale));
      String scenario = number(sessions) + " " + load.name();
      results.add(withStock(scenario, "stop, from release", pairs, released(), Target.none()));
      addLost(scenario, load, pairs, results);
      if (!before.isEmpty()) {
        int factor = streams / fewer;
        results.add(
            growth(scenario, "stop, from release", factor, before, pairs.ours(), released()));
      }
      plot(released, streams, pairs, released());
      before = pairs.ours();
      fewer = streams;
    }
  }

  private static void plot(
      Plot plot, int x, Pairs<StopTrial> pairs, ToDoubleFunction<StopTrial> value) {
    plot.add("ours", x, Comparison.median(values(pairs.ours(), value)));
    plot.add("stock", x, Comparison.median(values(pairs.baseline(), value)));
  }

  private Comparison withStock(
      String scenario,
      String figure,
      Pairs<StopTrial> pairs,
      ToDoubleFunction<StopTrial> value,
      Target target) {
    return comparison(
        scenario,
        figure,
        "stock",
        values(pairs.baseline(), value),
        values(pairs.ours(), value),
        target);
  }

  private void addLost(String scenario, Load load, Pairs<StopTrial> pairs, Results results) {
    if (load.streams() > 0) {
      results.add(
          new Comparison(
              name(),
              scenario,
              "lost",
              "",
              "stock",
              values(pairs.baseline(), StopTrial::lost),
              values(pairs.ours(), StopTrial::lost),
              Target.valueAtMost(0)));
    }
  }

  /** Linear growth, or less: the median is at most so many times that of the smaller herd. */
  private Comparison growth(
      String scenario,
      String figure,
      int factor,
      List<StopTrial> smaller,
      List<StopTrial> ours,
      ToDoubleFunction<StopTrial> value) {
    return comparison(
        scenario,
        figure + ", growth",
        factor + " x",
        List.of(factor * Comparison.median(values(smaller, value))),
        List.of(Comparison.median(values(ours, value))),
        Target.ratioAtMost(1));
  }

  private Comparison comparison(
      String scenario,
      String figure,
      String against,
      List<Double> baseline,
      List<Double> ours,
      Target target) {
    return new Comparison(name(), scenario, figure, "ms", against, baseline, ours, target);
  }

  private static ToDoubleFunction<StopTrial> told() {
    return StopTrial::announcedMillis;
  }

  private static ToDoubleFunction<StopTrial> stopped() {
    return StopTrial::stoppedMillis;
  }

  private static ToDoubleFunction<StopTrial> released() {
    return StopTrial::releasedMillis;
  }

  private static List<Double> values(List<StopTrial> trials, ToDoubleFunction<StopTrial> value) {
    return trials.stream().map(value::applyAsDouble).collect(toList());
  }

  private static double floor(int sessions, Clients clients)
      throws IOException, InterruptedException {
    try (ServerProcess bare = ServerProcess.bare(sessions);
        Herd herd = Herd.open(clients.options(PeerOptions.h2c(bare.port())), sessions)) {
      herd.awaitEach(FrameKind.SETTINGS);
      bare.order("go");
      long begin = bare.told("stopping");
      return (herd.awaitLastAnnouncement() - begin) / 1e6;
    }
  }

  private static String number(int value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
