package io.http2drain.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the admin listens, and who may change something there.
 *
 * @param host name or address to listen on. Property {@code drain.admin.host}, default 127.0.0.1.
 * @param port 0 to 65535; 0 leaves the choice to the system. Property {@code drain.admin.port},
 *     default 8081.
 * @param token what requests that change something carry; null where none is needed, which only a
 *     loopback address allows. Property {@code drain.admin.token}, or the content of {@code
 *     drain.admin.tokenFile}.
 */
public record AdminPolicy(String host, int port, @Nullable AdminToken token) {

  /** The name of the property behind {@link #host()}. */
  public static final String HOST = "drain.admin.host";

  /** The name of the property behind {@link #port()}. */
  public static final String PORT = "drain.admin.port";

  /** The name of the property behind {@link #token()}. */
  public static final String TOKEN = "drain.admin.token";

  /** The name of the property that names a file with the token. */
  public static final String TOKEN_FILE = "drain.admin.tokenFile";

  private static final int MAX_PORT = 65_535;

  /** Larger than any token; who names another file by mistake does not get it read into memory. */
  private static final long MAX_TOKEN_FILE = 4096;

  /** 127.0.0.1, port 8081, no token. */
  public static final AdminPolicy DEFAULT = new AdminPolicy("127.0.0.1", 8081, null);

  /**
   * @throws IllegalArgumentException when the port is out of its range, the host is not known, or
   *     there is no token though the host is no loopback address; the message names the property,
   *     the value and what is expected
   */
  public AdminPolicy {
    if (port < 0 || port > MAX_PORT) {
      throw illegalPort(Integer.toString(port));
    }
    if (token == null && !isLoopback(host)) {
      throw new IllegalArgumentException(
          HOST
              + ": "
              + host
              + " (expected: a loopback address, or a token in "
              + TOKEN
              + " or "
              + TOKEN_FILE
              + ")");
    }
  }

  /**
   * Reads a policy from the text of its properties; an empty token or file means none.
   *
   * @throws IllegalArgumentException when one is wrong, or the file cannot be read; the message
   *     names the property, the value and what is expected, but never a token
   */
  public static AdminPolicy parse(String host, String port, String token, String tokenFile) {
    int number;
    try {
      number = Integer.parseInt(port.trim());
    } catch (NumberFormatException x) {
      throw illegalPort(port);
    }
    return new AdminPolicy(host.trim(), number, parseToken(token.trim(), tokenFile.trim()));
  }

  /** This policy with another {@link #host()}. */
  public AdminPolicy withHost(String value) {
    return new AdminPolicy(value, port, token);
  }

  /** This policy with another {@link #port()}. */
  public AdminPolicy withPort(int value) {
    return new AdminPolicy(host, value, token);
  }

  /** This policy with a token, as {@link AdminToken#of}. */
  public AdminPolicy withToken(String text) {
    return new AdminPolicy(host, port, AdminToken.of(text));
  }

  /** Whether only this machine reaches the host. */
  boolean isLoopback() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    if (host.isEmpty()) {
      return false; // Every address of the machine.
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException x) {
      throw new IllegalArgumentException(
          HOST + ": " + host + " (expected: a name or an address of this machine)", x);
    }
  }

  private static @Nullable AdminToken parseToken(String token, String file) {
    if (!token.isEmpty() && !file.isEmpty()) {
      throw new IllegalArgumentException(
          TOKEN_FILE + ": " + file + " (expected: nothing, as " + TOKEN + " is set)");
    }
    if (!token.isEmpty()) {
      return named(TOKEN, token);
    }
    return file.isEmpty() ? null : named(TOKEN_FILE, read(file));
  }

  private static AdminToken named(String property, String token) {
    try {
      return AdminToken.of(token);
    } catch (IllegalArgumentException x) {
      throw new IllegalArgumentException(property + ": " + x.getMessage(), x);
    }
  }

  private static String read(String file) {
    try {
      Path path = Path.of(file);
      if (Files.isRegularFile(path) && Files.size(path) <= MAX_TOKEN_FILE) {
        return Files.readString(path).trim();
      }
    } catch (IOException | InvalidPathException x) {
      throw illegalFile(file, x);
    }
    throw illegalFile(file, null);
  }

  private static IllegalArgumentException illegalFile(String file, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        TOKEN_FILE + ": " + file + " (expected: a readable file that holds the token)", cause);
  }

  private static IllegalArgumentException illegalPort(String value) {
    return new IllegalArgumentException(
        PORT + ": " + value + " (expected: a port, 0 to " + MAX_PORT + ")");
  }
}
