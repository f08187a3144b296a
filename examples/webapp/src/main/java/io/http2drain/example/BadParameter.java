package io.http2drain.example;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A request parameter that cannot be used. Its message is one line, fit to be shown to the client.
 */
final class BadParameter extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 100;

  /**
   * @param expected what would have been accepted
   */
  BadParameter(String name, String value, String expected) {
    super("%s: \"%s\" (expected: %s)".formatted(name, shown(value), expected));
  }

  /** Answers 400 with the message as text. */
  void answer(HttpServletResponse response) throws IOException {
    response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
    response.setContentType("text/plain;charset=utf-8");
    // The message quotes the client's own input: no browser may take it for a page.
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.getOutputStream().write((getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String shown(String value) {
    String line = value.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }
}
