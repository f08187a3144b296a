package io.http2drain.home;

import io.http2drain.peer.SelfSignedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code $JETTY_BASE}, made the way an operator makes one: the archive is unpacked with tar,
 * modules are added with {@code start.jar --add-modules}, properties go into an ini file.
 *
 * <p>All listeners are on the loopback address, at ports that the system chooses.
 */
public record JettyBase(JettyHome home, Path directory, ClientTrust trust) {
  private static final Duration SETUP_LIMIT = Duration.ofSeconds(60);

  /** What serves HTTP/2, with TLS and without, and HTTP/1.1 beside it. */
  public static final List<String> ALL_PROTOCOLS = List.of("https", "http2", "http2c");

  /** Collects what is to be in the base. */
  public static final class Recipe {
    private final List<String> modules = new ArrayList<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private Path war = BuildOutput.WEBAPP.path();
    private boolean drain;

    private Recipe() {}

    public Recipe modules(List<String> names) {
      modules.addAll(names);
      return this;
    }

    public Recipe property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    /** The application at the root context, instead of the example one. */
    public Recipe war(Path file) {
      war = file;
      return this;
    }

    /** With the drop-in, from its archive. */
    public Recipe drain() {
      drain = true;
      return this;
    }

    /** Makes the base in the directory, which must be empty. */
    public JettyBase create(Path directory) throws IOException, InterruptedException {
      JettyHome home = JettyHome.unpacked();
      SelfSignedStore store = SelfSignedStore.create(Files.createDirectories(directory));
      JettyBase base = new JettyBase(home, directory, ClientTrust.of(store));
      modules.add("ee11-deploy");
      if (drain) {
        base.unpack(BuildOutput.ARCHIVE.path());
        modules.add("http2-drain");
      }
      base.run("--add-modules=" + String.join(",", modules));
      Files.copy(war, directory.resolve("webapps").resolve("ROOT.war"));
      base.writeProperties(store, properties);
      return base;
    }
  }

  public static Recipe recipe() {
    return new Recipe();
  }

  private void unpack(Path archive) throws IOException, InterruptedException {
    List<String> command = List.of("tar", "-xzf", archive.toString());
    ChildProcess.run("tar", directory, SETUP_LIMIT, command);
  }

  /** Runs start.jar in this base, to its end. */
  public void run(String... arguments) throws IOException, InterruptedException {
    List<String> command = home.command(List.of(), List.of(arguments));
    ChildProcess.run("start.jar", directory, SETUP_LIMIT, command);
  }

  private void writeProperties(SelfSignedStore store, Map<String, String> more) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("jetty.http.host", "127.0.0.1");
    all.put("jetty.http.port", "0");
    all.put("jetty.ssl.host", "127.0.0.1");
    all.put("jetty.ssl.port", "0");
    all.put("jetty.sslContext.keyStorePath", store.path().toString());
    all.put("jetty.sslContext.keyStorePassword", store.password());
    all.putAll(more);
    List<String> lines = all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    Files.write(directory.resolve("start.d").resolve("test.ini"), lines);
  }

  /** A file in the base, next to but not inside what Jetty reads. */
  public Path file(String name) {
    return directory.resolve(name);
  }
}
