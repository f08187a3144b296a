package io.http2drain.rig;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.logging.JettyLevel;
import org.eclipse.jetty.logging.JettyLogger;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.slf4j.LoggerFactory;

/**
 * What Lincheck is told about the classes around those whose interleavings it explores. There it
 * switches threads before each access to shared memory, and wherever a thread waits for a lock.
 * Outcomes are judged by the test's own check, which runs when all threads are through.
 */
public final class Interleavings {

  private static final String DRAIN_RUN = "io.http2drain.DrainRun";

  private Interleavings() {}

  /** Threads that each call methods of an instance of the type, one after the other. */
  @SafeVarargs
  public static ExecutionScenario scenario(Class<?> type, List<String>... threads) {
    List<List<Actor>> actors = new ArrayList<>();
    for (List<String> methods : threads) {
      actors.add(methods.stream().map(method -> actor(type, method)).toList());
    }
    return new ExecutionScenario(List.of(), actors, List.of(), null);
  }

  private static Actor actor(Class<?> type, String method) {
    try {
      return new Actor(type.getMethod(method), List.of());
    } catch (NoSuchMethodException x) {
      throw new IllegalArgumentException(x);
    }
  }

  /** Explores the registry: who finds whom. A run itself is taken to be correct. */
  public static ModelCheckingOptions ofRegistry() {
    return options()
        .addGuarantee(
            forClasses(DRAIN_RUN).methods(method -> !method.equals("join")).treatAsAtomic())
        .addGuarantee(forClasses("io.http2drain.SessionDrain").allMethods().treatAsAtomic());
  }

  /** Explores a run: when it is over. */
  public static ModelCheckingOptions ofRun() {
    return options()
        .addGuarantee(forClasses(DRAIN_RUN).methods("mayGetRequests", "finish").treatAsAtomic());
  }

  private static ModelCheckingOptions options() {
    ((JettyLogger) LoggerFactory.getLogger("io.http2drain.DrainLog")).setLevel(JettyLevel.OFF);
    Set<String> counts = Set.of("sessionCount", "streamsInFlight"); // Are only logged.
    return new ModelCheckingOptions()
        .addGuarantee(
            forClasses("io.http2drain.SessionRegistry").methods(counts::contains).ignore())
        .addGuarantee(forClasses(Interleavings::isAtomic).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(Interleavings::isForeign).allMethods().ignore())
        .verifier(EpsilonVerifier.class)
        .actorsBefore(0)
        .actorsAfter(0);
  }

  /** Switched around, but not within: their own concurrency is not what is tested. */
  private static boolean isAtomic(String type) {
    return type.startsWith("java.util.concurrent.ConcurrentHashMap")
        || type.startsWith("java.util.concurrent.CopyOnWriteArrayList")
        || type.startsWith("java.util.concurrent.CompletableFuture")
        || type.equals("java.util.concurrent.atomic.LongAdder")
        || type.startsWith("io.http2drain.protocol.");
  }

  /** Around the scenario: not looked at. */
  private static boolean isForeign(String type) {
    return type.startsWith("io.http2drain.rig.")
        || type.startsWith("org.eclipse.jetty.io.")
        || type.startsWith("org.eclipse.jetty.logging.")
        || type.startsWith("org.slf4j.")
        || type.startsWith("jdk.proxy")
        || type.equals("org.eclipse.jetty.util.NanoTime")
        || type.equals("io.http2drain.DrainLog")
        || type.equals("io.http2drain.LingeringEndPoint")
        || type.equals("io.http2drain.DrainRun$Timeouts");
  }
}
