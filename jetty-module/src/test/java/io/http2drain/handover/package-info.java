/** A port goes from one server process to the next. */
@NullMarked
package io.http2drain.handover;

import org.jspecify.annotations.NullMarked;
