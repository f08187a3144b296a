/** The admin module in a real jetty-home, and its page in a real browser. */
@NullMarked
package io.http2drain.live;

import org.jspecify.annotations.NullMarked;
