/**
 * The packed drop-in in a real jetty-home: processes that are stopped while real HTTP/2 clients
 * have requests in flight.
 */
@NullMarked
package io.http2drain.rolling;

import org.jspecify.annotations.NullMarked;
