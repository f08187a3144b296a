package io.http2drain.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * JFR: of what is allocated under load, on connections that are open, nothing is of a class of
 * ours, nor allocated where the nearest frame outside the JDK is ours.
 */
final class Allocations implements Part {

  private static final int CONNECTIONS = 50;
  private static final int LOAD_SECONDS = 8;
  private static final int RECORD_SECONDS = 3;
  private static final int FEWEST_SAMPLES = 100;
  private static final List<String> JDK = List.of("java.", "jdk.", "sun.");
  private static final String OURS = "io.http2drain.";
  private static final String BENCH = "io.http2drain.bench.";

  @Override
  public String name() {
    return "allocation";
  }

  @Override
  public void run(Scale scale, Results results) throws IOException, InterruptedException {
    Path file = results.directory().resolve("allocation.jfr").toAbsolutePath();
    try (ServerProcess server = ServerProcess.start(Variant.OURS)) {
      server.warmUp(scale);
      CompletableFuture<Void> load = CompletableFuture.runAsync(() -> load(server.port()));
      var unused = server.ask("connections " + CONNECTIONS);
      server.order("record");
      TimeUnit.SECONDS.sleep(RECORD_SECONDS);
      var unusedToo = server.ask("dump " + file);
      if (load.isDone()) {
        throw new IOException("load: over (expected: longer than the recording)");
      }
      load.join();
    }
    List<RecordedEvent> samples = RecordingFile.readAllEvents(file);
    if (samples.size() < FEWEST_SAMPLES) {
      throw new IOException("samples: " + samples.size() + " (expected: " + FEWEST_SAMPLES + ")");
    }
    double ours = samples.stream().filter(Allocations::isOurs).count();
    results.add(
        new Comparison(
            name(),
            "GET, %d connections x 10 streams".formatted(CONNECTIONS),
            "samples",
            "",
            "all",
            List.of((double) samples.size()),
            List.of(ours),
            Target.valueAtMost(0)));
  }

  private static void load(int port) {
    try {
      var unused =
          H2Load.run(port, "/", "-c", "" + CONNECTIONS, "-m", "10", "-D", "" + LOAD_SECONDS);
    } catch (IOException x) {
      throw new IllegalStateException(x);
    } catch (InterruptedException x) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the object is one of ours, or was made by us: that is the first who is not the JDK. */
  private static boolean isOurs(RecordedEvent sample) {
    if (isOurs(sample.getClass("objectClass").getName())) {
      return true;
    }
    return sample.getStackTrace() != null
        && sample.getStackTrace().getFrames().stream()
            .filter(RecordedFrame::isJavaFrame)
            .map(frame -> frame.getMethod().getType().getName())
            .filter(type -> JDK.stream().noneMatch(type::startsWith))
            .findFirst()
            .filter(Allocations::isOurs)
            .isPresent();
  }

  private static boolean isOurs(String type) {
    return type.startsWith(OURS) && !type.startsWith(BENCH);
  }
}
