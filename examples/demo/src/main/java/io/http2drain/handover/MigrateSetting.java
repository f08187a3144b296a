package io.http2drain.handover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Linux 5.14 and newer, {@code net.ipv4.tcp_migrate_req}: with 1, connections in the accept queue
 * of a listener that is closed go to another listener of its SO_REUSEPORT group; with 0, the
 * default, they are reset. Belongs to a network namespace.
 */
public final class MigrateSetting implements AutoCloseable {
  private static final Path FILE = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");

  private final String before;
  private final Thread atExit = new Thread(this::restore);

  private MigrateSetting(String before) {
    this.before = before;
  }

  /** 0 or 1; "none" where the kernel does not know it. */
  public static String current() {
    try {
      return Files.exists(FILE) ? Files.readString(FILE).trim() : "none";
    } catch (IOException e) {
      return "none";
    }
  }

  /**
   * Sets it, until this is closed or the JVM ends.
   *
   * @throws IOException when the kernel has no such setting, or this user may not change it
   */
  public static MigrateSetting set(String value) throws IOException {
    MigrateSetting setting = new MigrateSetting(current());
    Runtime.getRuntime().addShutdownHook(setting.atExit);
    Files.writeString(FILE, value);
    return setting;
  }

  @Override
  public void close() {
    restore();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void restore() {
    try {
      Files.writeString(FILE, before);
    } catch (IOException e) {
      System.err.println("tcp_migrate_req: not set back to " + before + ": " + e);
    }
  }
}
