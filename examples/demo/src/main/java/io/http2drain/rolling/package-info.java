/**
 * Servers that are restarted one after the other behind a real proxy, and what the proxy's clients
 * see of it.
 */
@NullMarked
package io.http2drain.rolling;

import org.jspecify.annotations.NullMarked;
