package io.http2drain;

/**
 * A connector that speaks HTTP/2.
 *
 * @param name its name where it has one, otherwise the number of its port
 * @param port the port that it listens on; -1 when it has none
 * @param phase where it is
 */
public record ConnectorStatus(String name, int port, DrainPhase phase) {}
