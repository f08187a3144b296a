package io.http2drain.example;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Takes a body of any length by POST or PUT and answers what arrived: {@code
 * {"bytes":N,"sha256":"…"}}. The body is read in pieces and not kept.
 */
public final class UploadServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private static final int BUFFER = 65_536;

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    MessageDigest digest = sha256();
    InputStream body = request.getInputStream();
    byte[] buffer = new byte[BUFFER];
    long bytes = 0;
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      digest.update(buffer, 0, read);
      bytes += read;
    }
    byte[] json =
        "{\"bytes\":%d,\"sha256\":\"%s\"}"
            .formatted(bytes, HexFormat.of().formatHex(digest.digest()))
            .getBytes(StandardCharsets.UTF_8);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response.setContentLength(json.length);
    response.getOutputStream().write(json);
  }

  @Override
  protected void doPut(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    doPost(request, response);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
