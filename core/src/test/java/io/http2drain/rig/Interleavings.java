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
 * Explores, with Lincheck, the interleavings of threads that call a test's object. Threads are
 * switched before each access to shared memory and wherever one waits for a lock; what is right is
 * said by the object's {@code @Validate} method, which is called when all threads are through.
 *
 * <p>Only the classes in question are explored, which keeps the number of interleavings small: all
 * others are taken to be correct, and are switched around, but not within.
 */
public final class Interleavings {

  private static final String DRAIN_RUN = "io.http2drain.DrainRun";
  private static final int PER_SCENARIO = 300;

  private final Class<?> type;
  private final ModelCheckingOptions options = new ModelCheckingOptions();

  private Interleavings(Class<?> type) {
    this.type = type;
    Set<String> logged = Set.of("sessionCount", "streamsInFlight"); // What nothing depends on.
    options
        .addGuarantee(
            forClasses("io.http2drain.SessionRegistry").methods(logged::contains).ignore())
        .addGuarantee(forClasses(Interleavings::isAtomic).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(Interleavings::isForeign).allMethods().ignore())
        .verifier(EpsilonVerifier.class)
        .iterations(0) // No random scenarios.
        .invocationsPerIteration(PER_SCENARIO);
  }

  /** Of the registry, and of what decides who makes the drain of a session. */
  public static Interleavings ofRegistry(Class<?> type) {
    Interleavings interleavings = new Interleavings(type);
    interleavings
        .options
        .addGuarantee(
            forClasses(DRAIN_RUN).methods(method -> !method.equals("join")).treatAsAtomic())
        .addGuarantee(forClasses("io.http2drain.SessionDrain").allMethods().treatAsAtomic());
    return interleavings;
  }

  /** Of a run: its sessions, its connectors and its end. */
  public static Interleavings ofRun(Class<?> type) {
    Interleavings interleavings = new Interleavings(type);
    interleavings.options.addGuarantee(
        forClasses(DRAIN_RUN).methods("mayGetRequests", "finish").treatAsAtomic());
    return interleavings;
  }

  /** Adds a scenario: threads, each with the methods that it calls one after the other. */
  @SafeVarargs
  public final Interleavings scenario(List<String>... threads) {
    return scenarioAfter(List.of(), threads);
  }

  /** Adds a scenario whose threads start when some methods were called. */
  @SafeVarargs
  public final Interleavings scenarioAfter(List<String> before, List<String>... threads) {
    List<List<Actor>> parallel = new ArrayList<>();
    for (List<String> methods : threads) {
      parallel.add(actors(methods));
    }
    options.addCustomScenario(new ExecutionScenario(actors(before), parallel, List.of(), null));
    return this;
  }

  /**
   * Explores all that was added.
   *
   * @throws AssertionError when an interleaving goes wrong; says which
   */
  public void check() {
    JettyLogger logger = (JettyLogger) LoggerFactory.getLogger("io.http2drain.DrainLog");
    JettyLevel level = logger.getLevel();
    logger.setLevel(JettyLevel.OFF); // Thousands of runs.
    try {
      options.check(type);
    } finally {
      logger.setLevel(level);
    }
  }

  private List<Actor> actors(List<String> methods) {
    return methods.stream().map(this::actor).toList();
  }

  private Actor actor(String method) {
    try {
      return new Actor(type.getMethod(method), List.of());
    } catch (NoSuchMethodException x) {
      throw new IllegalArgumentException(x);
    }
  }

  private static boolean isAtomic(String name) {
    return name.startsWith("java.util.concurrent.ConcurrentHashMap")
        || name.startsWith("java.util.concurrent.CopyOnWriteArrayList")
        || name.startsWith("java.util.concurrent.CompletableFuture")
        || name.equals("java.util.concurrent.atomic.LongAdder")
        || name.equals("io.http2drain.protocol.AdmissionGate")
        || name.equals("io.http2drain.protocol.SessionProtocol");
  }

  private static boolean isForeign(String name) {
    return name.startsWith("io.http2drain.rig.")
        || name.startsWith("org.eclipse.jetty.io.")
        || name.startsWith("org.eclipse.jetty.logging.")
        || name.startsWith("org.slf4j.")
        || name.startsWith("jdk.proxy")
        || name.equals("org.eclipse.jetty.util.NanoTime")
        || name.equals("io.http2drain.DrainLog")
        || name.equals("io.http2drain.LingeringEndPoint")
        || name.equals("io.http2drain.DrainRun$Timeouts");
  }
}
