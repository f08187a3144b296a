@NullMarked
package io.http2drain.admin;

import org.jspecify.annotations.NullMarked;
