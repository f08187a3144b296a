package io.http2drain.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The README's table of faults, as the tests have just seen them: one file a row, {@code
 * target/faults/ID.row}.
 */
public final class FaultTable {

  private static final Path DIRECTORY = Path.of("target", "faults");

  private FaultTable() {}

  public static void row(String id, String fault, String peerGets, String othersSee, String stop) {
    String row = "| %s | %s | %s | %s |%n".formatted(fault, peerGets, othersSee, stop);
    try {
      Files.createDirectories(DIRECTORY);
      Files.writeString(DIRECTORY.resolve(id + ".row"), row);
    } catch (IOException x) {
      throw new UncheckedIOException(x);
    }
  }
}
