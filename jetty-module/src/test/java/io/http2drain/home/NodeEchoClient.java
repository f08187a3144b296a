package io.http2drain.home;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Node's part in the echo scenario; its times are those at which its lines are read. */
final class NodeEchoClient implements EchoClient {
  private static final TestScript SCRIPT = new TestScript("echo-client.js");
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Target target;
  private final Path directory;
  private @Nullable ChildProcess process;

  NodeEchoClient(Target target, Path directory) {
    this.target = target;
    this.directory = directory;
  }

  @Override
  public long begin() throws IOException, InterruptedException {
    process = ChildProcess.start("node", directory, NodeClient.command(SCRIPT, target));
    return await("BEGIN", START_LIMIT).nanos();
  }

  @Override
  public EchoOutcome finish(Duration limit) throws InterruptedException {
    OutputLog.Line closed = await("CLOSED", limit);
    OutputLog.Line post = await("POST", limit);
    OutputLog.Line second = await("SECOND", limit);
    String[] words = post.text().split(" ", -1);
    if (!words[1].equals("ANSWERED")) {
      throw new AssertionError(post.text());
    }
    BodyDigest body = new BodyDigest(Long.parseLong(words[3]), words[4]);
    return new EchoOutcome(
        new Reply(Integer.parseInt(words[2]), body),
        await("FIRST_ECHO", limit).nanos(),
        post.nanos(),
        second.text(),
        second.text().startsWith("SECOND FAILED"),
        await("TRY_SECOND", limit).nanos(),
        second.nanos(),
        closed.nanos());
  }

  private OutputLog.Line await(String word, Duration limit) throws InterruptedException {
    ChildProcess node = process;
    if (node == null) {
      throw new IllegalStateException("not begun");
    }
    return node.output().await(Pattern.compile("^" + word + "\\b"), limit);
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
