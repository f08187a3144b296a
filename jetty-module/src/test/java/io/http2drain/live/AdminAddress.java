package io.http2drain.live;

import io.http2drain.home.JettyProcess;
import io.http2drain.home.OutputLog;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the admin of a process listens: its log says so. */
final class AdminAddress {

  private static final Pattern LINE = Pattern.compile("Drain admin at (http://\\S+:\\d+/)");

  private AdminAddress() {}

  static URI of(JettyProcess jetty) {
    OutputLog.Line line = jetty.log().find(LINE).orElseThrow();
    Matcher matcher = LINE.matcher(line.text());
    if (!matcher.find()) {
      throw new IllegalStateException(line.text());
    }
    return URI.create(matcher.group(1));
  }
}
