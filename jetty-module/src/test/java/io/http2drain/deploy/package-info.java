/** The operator's files, held against the defaults of the module. */
@NullMarked
package io.http2drain.deploy;

import org.jspecify.annotations.NullMarked;
