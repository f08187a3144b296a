package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.http2drain.DrainStatus;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SharedStatusTest {

  @Test
  void status_isTakenOnceIn250Milliseconds() throws Exception {
    try (AdminRig rig = new AdminRig(AdminRig.OPEN)) {
      AtomicInteger taken = new AtomicInteger();
      AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // May overflow.
      SharedStatus shared =
          new SharedStatus(
              () -> {
                taken.incrementAndGet();
                return rig.drain.status();
              },
              nanos::get);
      DrainStatus first = shared.get().status();
      for (int i = 0; i < 1000; i++) {
        assertSame(first, shared.get().status());
      }
      nanos.addAndGet(250_000_000);
      assertSame(first, shared.get().status());
      nanos.addAndGet(1);
      assertNotSame(first, shared.get().status());
      assertEquals(2, taken.get());
      shared.expire();
      SharedStatus.Taken unused = shared.get();
      assertEquals(3, taken.get());
    }
  }
}
