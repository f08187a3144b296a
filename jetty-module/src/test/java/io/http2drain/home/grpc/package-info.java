/** A small gRPC service in a servlet, packed into a war by the test that calls it. */
@NullMarked
package io.http2drain.home.grpc;

import org.jspecify.annotations.NullMarked;
