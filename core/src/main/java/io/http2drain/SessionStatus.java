package io.http2drain;

/**
 * An open HTTP/2 session, as operators see it.
 *
 * @param id names the session for as long as the server process lives
 * @param connector the name of its connector, see {@link ConnectorStatus#name()}
 * @param remoteAddress of the peer, as {@code host:port}
 * @param state how far on its way out
 * @param streamsInFlight streams that are admitted and have not ended
 */
public record SessionStatus(
    long id, String connector, String remoteAddress, SessionState state, int streamsInFlight) {}
