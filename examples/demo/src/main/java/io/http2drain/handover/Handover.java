package io.http2drain.handover;

import io.http2drain.home.JettyBase;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands a port over from one Jetty to the next, again and again, under a load of new connections,
 * and prints what became of them. Ends with status 1 when a connection was lost in a mode in which
 * none may be.
 *
 * <p>In the modes {@code inherit} and {@code restart} the listening socket must be file descriptor
 * 0 of this process: {@code examples/handover/listen.pl} sees to that.
 */
public final class Handover {
  private static final String USAGE =
      "usage: [--mode reuseport|inherit|restart] [--handovers N] [--rate CLIENTS_A_SECOND]"
          + " [--migrate 0|1]";

  private HandoverMode mode = HandoverMode.INHERIT;
  private int handovers = 100;
  private int rate = 100;
  private @Nullable String migrate;

  private Handover() {}

  /** The options are those of {@code examples/handover/run.sh}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Handover handover = new Handover();
    try {
      handover.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    System.exit(handover.run(System.out) ? 0 : 1);
  }

  private void parse(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(option + ": no value");
      }
      String value = arguments.get(i + 1);
      switch (option) {
        case "--mode" -> mode = HandoverMode.of(value);
        case "--handovers" -> handovers = positive(option, value);
        case "--rate" -> rate = positive(option, value);
        case "--migrate" -> migrate = value;
        default -> throw new IllegalArgumentException(option + ": unknown");
      }
    }
  }

  private static int positive(String option, String value) {
    int number = Integer.parseInt(value);
    if (number < 1 || number > 100_000) {
      throw new IllegalArgumentException(option + ": " + value + " (expected: 1 to 100000)");
    }
    return number;
  }

  private boolean run(PrintStream console) throws IOException, InterruptedException {
    if (migrate == null) {
      return measure(console);
    }
    try (MigrateSetting unused = MigrateSetting.set(migrate)) {
      return measure(console);
    }
  }

  private boolean measure(PrintStream console) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("http2-drain-handover");
    JettyBase base =
        JettyBase.recipe()
            .modules(List.of("http", "http2c"))
            .drain()
            .property("jetty.http.acceptQueueSize", "4096")
            .create(directory.resolve("base"));
    console.printf(
        "%d handovers, mode %s; %d clients a second, and 300 within 100 ms at each SIGTERM,"
            + " each with a connection of its own.%n",
        handovers, mode.word(), rate);
    long begin = System.nanoTime();
    HandoverResult result =
        new HandoverRun(mode, base).run(handovers, rate, done -> progress(console, done));
    console.println();
    console.print(HandoverResult.HEAD);
    console.println(result.row());
    result.count().samples().forEach(sample -> console.println("lost: " + sample));
    console.printf("%d s.%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    if (result.count().lost() > 0 && result.mustBeLossless()) {
      console.println("Connections were LOST.");
      return false;
    }
    console.println(
        result.count().lost() > 0
            ? "Connections were lost, as a kernel with tcp_migrate_req=0 does it."
            : "No connection was lost.");
    return true;
  }

  private void progress(PrintStream console, int done) {
    if (done % 10 == 0 || done == handovers) {
      console.print(" " + done);
      console.flush();
    }
  }
}
