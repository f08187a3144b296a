package io.http2drain;

/**
 * A request in flight, as operators see it. It holds nothing of the request but its method and its
 * path without the query, which may carry secrets, cut at {@value #MAX_PATH} characters.
 *
 * @param method the method; empty when it is not known
 * @param path the path alone, or {@code stream <id>} when it is not known
 * @param ageMillis since its header arrived, in milliseconds
 * @param protocol {@code HTTP/2.0} or {@code HTTP/1.1}
 * @param remoteAddress of the peer, as {@code host:port}
 * @param session {@link SessionStatus#id()}; 0 for HTTP/1.1
 * @param stream the id of the stream; 0 for HTTP/1.1
 */
public record RequestStatus(
    String method,
    String path,
    long ageMillis,
    String protocol,
    String remoteAddress,
    long session,
    int stream) {

  /** How much of a path is kept, in characters. */
  public static final int MAX_PATH = 200;

  /** One line for people. */
  @Override
  public String toString() {
    String name = method.isEmpty() ? path : method + " " + path;
    return name + " after " + ageMillis + " ms, from " + remoteAddress;
  }
}
