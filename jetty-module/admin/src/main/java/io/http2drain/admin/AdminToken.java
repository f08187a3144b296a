package io.http2drain.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * The secret that a request which changes something has to carry. Only its SHA-256 is kept.
 *
 * <p>What is presented is compared by its digest, and every byte of that: how long it takes tells
 * nothing about the secret, neither its length nor how far a guess is right.
 */
public final class AdminToken {

  /** RFC 6750 section 2.1; long enough that it cannot be guessed over a network. */
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  /** How short a token may be, in characters. */
  public static final int MIN_LENGTH = 16;

  private final byte[] digest;

  private AdminToken(byte[] digest) {
    this.digest = digest;
  }

  /**
   * The token of this text.
   *
   * @throws IllegalArgumentException when it is too short, or could not be sent in a header; the
   *     message says what is expected and does not hold the text
   */
  public static AdminToken of(String text) {
    if (text.length() < MIN_LENGTH || !SYNTAX.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "(not shown) (expected: at least "
              + MIN_LENGTH
              + " characters, of letters, digits and ._~+/-)");
    }
    return new AdminToken(sha256(text));
  }

  /** Whether this is the text of the token. */
  public boolean matches(String presented) {
    return MessageDigest.isEqual(digest, sha256(presented));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException x) {
      throw new IllegalStateException(x); // Every JDK has it.
    }
  }

  /** Nothing of the secret. */
  @Override
  public String toString() {
    return "token";
  }
}
