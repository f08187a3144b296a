/** One server process takes over from another on the same port, and no connection is lost. */
@NullMarked
package io.http2drain.handover;

import org.jspecify.annotations.NullMarked;
