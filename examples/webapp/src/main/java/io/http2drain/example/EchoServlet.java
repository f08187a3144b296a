package io.http2drain.example;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;

/**
 * Sends a POSTed body back, each piece as it arrives: over HTTP/2 the client reads the echo of one
 * piece before it sends the next.
 *
 * <p>A client that sends without reading is held back by flow control once the buffers between are
 * full.
 */
public final class EchoServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private static final int BUFFER = 16_384;

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("application/octet-stream");
    response.setHeader("Cache-Control", "no-store");
    InputStream in = request.getInputStream();
    ServletOutputStream out = response.getOutputStream();
    byte[] buffer = new byte[BUFFER];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
      out.flush();
    }
  }
}
