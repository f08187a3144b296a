package io.http2drain.example;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes down each request that is run, before it is run: the value of its header {@code
 * x-request-id}, one a line, appended to the file that the system property {@value #PROPERTY}
 * names. A client that was told that a request was not processed can look whether that is true.
 *
 * <p>Without the property, and for a request without the header, it does nothing. A request that
 * cannot be written down is not run.
 */
public final class RequestJournal implements Filter {
  static final String PROPERTY = "io.http2drain.example.journal";

  private static final String HEADER = "x-request-id";
  private static final int ID_LENGTH = 100;

  /**
   * Opened for appending and unbuffered: a line is one write to the operating system, which puts
   * concurrent lines one behind the other. Not a FileChannel, which the interruption of one writing
   * thread closes for all.
   */
  private @Nullable FileOutputStream journal;

  @Override
  public void init(FilterConfig config) throws ServletException {
    String file = System.getProperty(PROPERTY);
    if (file == null) {
      return;
    }
    try {
      journal = new FileOutputStream(file, true);
    } catch (IOException e) {
      throw new ServletException(
          PROPERTY + ": " + file + " (expected: a file that can be appended to)", e);
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    FileOutputStream out = journal;
    if (out != null) {
      String id = ((HttpServletRequest) request).getHeader(HEADER);
      if (id != null) {
        write(out, id);
      }
    }
    chain.doFilter(request, response);
  }

  @Override
  public void destroy() {
    FileOutputStream out = journal;
    if (out == null) {
      return;
    }
    try {
      out.close();
    } catch (IOException e) {
      // Every line was handed to the operating system when it was written.
    }
  }

  private static void write(FileOutputStream out, String id) throws IOException {
    String clean = id.replaceAll("[^A-Za-z0-9._-]", "");
    if (clean.isEmpty()) {
      return;
    }
    String line = clean.substring(0, Math.min(clean.length(), ID_LENGTH)) + "\n";
    out.write(line.getBytes(StandardCharsets.US_ASCII));
  }
}
