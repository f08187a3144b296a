/**
 * What becomes of every request when a real Jetty is stopped under load: stock beside one with the
 * drain.
 */
@NullMarked
package io.http2drain.demo;

import org.jspecify.annotations.NullMarked;
