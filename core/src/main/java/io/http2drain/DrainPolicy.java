package io.http2drain;

import java.util.concurrent.TimeUnit;

/**
 * How long a drain takes at most, and how long it waits for a peer. All times are in milliseconds.
 *
 * @param timeout from the stop call to the last forced close; at least 1. Property {@code
 *     drain.timeout}, default 25000: under the 30 s after which {@code jetty.sh} and Kubernetes
 *     kill.
 * @param pingTimeout how long a session may leave the drain's PING unanswered; at least 1. Property
 *     {@code drain.pingTimeout}, default 2000.
 * @param linger after our FIN, how long a peer may take to close; also how long one that is still
 *     in its TLS handshake or HTTP/2 preface, or an idle HTTP/1.1 connection, may stay; at least 0.
 *     Property {@code drain.linger}, default 1000.
 */
public record DrainPolicy(long timeout, long pingTimeout, long linger) {

  /** The name of the property behind {@link #timeout()}. */
  public static final String TIMEOUT = "drain.timeout";

  /** The name of the property behind {@link #pingTimeout()}. */
  public static final String PING_TIMEOUT = "drain.pingTimeout";

  /** The name of the property behind {@link #linger()}. */
  public static final String LINGER = "drain.linger";

  /** A day: longer is a slip of the unit. Before DEFAULT, which is checked against it. */
  private static final long MAX = TimeUnit.DAYS.toMillis(1);

  /** 25 s, 2 s, 1 s. */
  public static final DrainPolicy DEFAULT = new DrainPolicy(25_000, 2_000, 1_000);

  /**
   * @throws IllegalArgumentException when a time is out of its range; the message names the
   *     property, the value and what is expected
   */
  public DrainPolicy {
    check(TIMEOUT, timeout, 1);
    check(PING_TIMEOUT, pingTimeout, 1);
    check(LINGER, linger, 0);
  }

  /**
   * Reads a policy from the text of its properties.
   *
   * @throws IllegalArgumentException when one is no number or out of its range; the message names
   *     the property, the value and what is expected
   */
  public static DrainPolicy parse(String timeout, String pingTimeout, String linger) {
    return new DrainPolicy(
        parse(TIMEOUT, timeout, 1), parse(PING_TIMEOUT, pingTimeout, 1), parse(LINGER, linger, 0));
  }

  /** This policy with another {@link #timeout()}. */
  public DrainPolicy withTimeout(long millis) {
    return new DrainPolicy(millis, pingTimeout, linger);
  }

  /** This policy with another {@link #pingTimeout()}. */
  public DrainPolicy withPingTimeout(long millis) {
    return new DrainPolicy(timeout, millis, linger);
  }

  /** This policy with another {@link #linger()}. */
  public DrainPolicy withLinger(long millis) {
    return new DrainPolicy(timeout, pingTimeout, millis);
  }

  private static long parse(String name, String value, long min) {
    try {
      return Long.parseLong(value.trim());
    } catch (NumberFormatException x) {
      throw illegal(name, value, min);
    }
  }

  private static void check(String name, long value, long min) {
    if (value < min || value > MAX) {
      throw illegal(name, Long.toString(value), min);
    }
  }

  private static IllegalArgumentException illegal(String name, String value, long min) {
    return new IllegalArgumentException(
        name + ": " + value + " (expected: milliseconds, " + min + " to " + MAX + ")");
  }
}
