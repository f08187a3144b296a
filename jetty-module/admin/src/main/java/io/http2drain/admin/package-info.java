/**
 * Shows and steers the drain of a server over HTTP, on a listener of its own.
 *
 * <p>Start with {@link io.http2drain.admin.DrainAdmin}.
 */
@NullMarked
package io.http2drain.admin;

import org.jspecify.annotations.NullMarked;
