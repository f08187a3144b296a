package io.http2drain.home;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;

/** A running {@code java -jar start.jar}. */
public final class JettyProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Pattern STARTED = Pattern.compile("Started .*Server@.*\\[12\\.1\\.");
  private static final Pattern CONNECTOR =
      Pattern.compile("Started .*ServerConnector@\\w+\\{(.*)}\\{127\\.0\\.0\\.1:(\\d+)}");

  private final JettyBase base;
  private final RequestJournal journal;
  private final ChildProcess process;

  private JettyProcess(JettyBase base, RequestJournal journal, ChildProcess process) {
    this.base = base;
    this.journal = journal;
    this.process = process;
  }

  /** Starts the server in the process of start.jar and waits until it serves. */
  public static JettyProcess start(JettyBase base, String... arguments)
      throws IOException, InterruptedException {
    return start(base, List.of(), List.of(arguments));
  }

  /** The same, with arguments for the JVM, too. */
  public static JettyProcess start(
      JettyBase base, List<String> jvmArguments, List<String> arguments)
      throws IOException, InterruptedException {
    RequestJournal journal = newJournal(base);
    List<String> all = new ArrayList<>(jvmArguments);
    all.add(journal.jvmArgument());
    return start(base, journal, base.home().command(all, arguments));
  }

  /** The same, as the last arguments of another command, such as {@code env}. */
  public static JettyProcess startWith(JettyBase base, List<String> prefix)
      throws IOException, InterruptedException {
    RequestJournal journal = newJournal(base);
    List<String> command = new ArrayList<>(prefix);
    command.addAll(base.home().command(List.of(journal.jvmArgument()), List.of()));
    return start(base, journal, command);
  }

  /** The same, with this process's standard input, which may be a listening socket. */
  public static JettyProcess startInheriting(JettyBase base, String... arguments)
      throws IOException, InterruptedException {
    RequestJournal journal = newJournal(base);
    List<String> command = base.home().command(List.of(journal.jvmArgument()), List.of(arguments));
    return serving(base, journal, ChildProcess.startInheriting("jetty", base.directory(), command));
  }

  /**
   * Starts the server with its jars on the module path. Here start.jar only writes the command:
   * with {@code --jpms} it would run the server in a second process, and a signal to the first
   * would not tell when the second ends.
   */
  public static JettyProcess startJpms(JettyBase base) throws IOException, InterruptedException {
    RequestJournal journal = newJournal(base);
    List<String> dryRun = base.home().command(List.of(), List.of("--jpms", "--dry-run"));
    String java;
    try (ChildProcess starter = ChildProcess.start("start.jar", base.directory(), dryRun)) {
      ChildProcess.Exit exit = starter.awaitExit(START_LIMIT);
      List<OutputLog.Line> lines = starter.output().lines();
      if (exit.status() != 0 || lines.isEmpty()) {
        throw new AssertionError("start.jar --dry-run: " + starter.output());
      }
      java = lines.get(lines.size() - 1).text();
    }
    int afterProgram = java.indexOf(' ');
    String command =
        "exec "
            + java.substring(0, afterProgram)
            + " '"
            + journal.jvmArgument()
            + "'"
            + java.substring(afterProgram);
    return start(base, journal, List.of("sh", "-c", command));
  }

  private static RequestJournal newJournal(JettyBase base) throws IOException {
    return new RequestJournal(Files.createTempFile(base.directory(), "journal", ".txt"));
  }

  private static JettyProcess start(JettyBase base, RequestJournal journal, List<String> command)
      throws IOException, InterruptedException {
    return serving(base, journal, ChildProcess.start("jetty", base.directory(), command));
  }

  private static JettyProcess serving(JettyBase base, RequestJournal journal, ChildProcess child)
      throws IOException, InterruptedException {
    JettyProcess jetty = new JettyProcess(base, journal, child);
    try {
      OutputLog.Line unused = child.output().await(STARTED, START_LIMIT);
      jetty.warmUp();
    } catch (IOException | InterruptedException | AssertionError e) {
      jetty.close();
      throw e;
    }
    return jetty;
  }

  /**
   * One HTTP/1.1 request on each listener that speaks it: the first request of a JVM is slow, and
   * none of the tests is about that.
   */
  private void warmUp() throws IOException {
    for (Listener listener : listeners()) {
      if (listener.protocols().contains("http/1.1")) {
        HttpURLConnection connection =
            (HttpURLConnection) listener.target().uri("/think?ms=0").toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure) {
          secure.setSSLSocketFactory(base.trust().sslContext().getSocketFactory());
        }
        connection.setRequestProperty("Connection", "close");
        int status = connection.getResponseCode();
        connection.disconnect();
        if (status >= 500) {
          throw new IOException(listener + " answers " + status + ":\n" + log());
        }
      }
    }
  }

  private record Listener(String protocols, Target target) {}

  private List<Listener> listeners() {
    List<Listener> listeners = new ArrayList<>();
    for (OutputLog.Line line : log().lines()) {
      Matcher matcher = CONNECTOR.matcher(line.text());
      if (matcher.find()) {
        String protocols = matcher.group(1);
        int port = Integer.parseInt(matcher.group(2));
        Target target = new Target(protocols.contains("(ssl"), port, base.trust());
        listeners.add(new Listener(protocols, target));
      }
    }
    return listeners;
  }

  /** The listener with TLS, or the one without. */
  public Target target(boolean tls) {
    Optional<Target> target =
        listeners().stream().map(Listener::target).filter(t -> t.tls() == tls).findFirst();
    return target.orElseThrow(() -> new AssertionError("no listener, tls=" + tls + ":\n" + log()));
  }

  public JettyBase base() {
    return base;
  }

  public RequestJournal journal() {
    return journal;
  }

  public OutputLog log() {
    return process.output();
  }

  /**
   * Sends SIGTERM.
   *
   * @return {@link System#nanoTime()} just before
   */
  public long terminate() {
    long now = System.nanoTime();
    process.signal();
    return now;
  }

  /**
   * How long the process may live when the last request has been answered: a linger of 1 s, and
   * room for a slow machine. It is well under the drain's own time-out, so that a stop that waits
   * for that is seen.
   */
  public static final Duration EXIT_LIMIT = Duration.ofSeconds(10);

  /** Waits for the end of the process; when it does not come, the failure quotes its threads. */
  public ChildProcess.Exit awaitExit(Duration limit) throws IOException, InterruptedException {
    try {
      return process.awaitExit(limit);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + threads(), e);
    }
  }

  private String threads() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    List<String> command = List.of(jcmd, Long.toString(process.pid()), "Thread.print");
    try (ChildProcess dump = ChildProcess.start("jcmd", base.directory(), command)) {
      ChildProcess.Exit unused = dump.awaitExit(Duration.ofSeconds(20));
      return dump.output().toString();
    }
  }

  /** Ends the process by force when it is still alive. */
  @Override
  public void close() {
    process.close();
  }
}
