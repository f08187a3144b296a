package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class PingAckScannerTest {

  private static final String ACK = "0000080601000000000102030405060708";

  private final PingAckScanner scanner = new PingAckScanner(0x0102030405060708L);

  private boolean scan(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return scanner.scan(ByteBuffer.wrap(bytes), 0, bytes.length);
  }

  @Test
  void acknowledgementAlone_isFound() {
    assertTrue(scan(ACK));
  }

  @Test
  void acknowledgementAmongOtherFrames_isFound() {
    assertTrue(scan("000004080000000000" + "00001000" + ACK + "000000"));
  }

  @Test
  void acknowledgementBehindItsOwnBeginning_isFound() {
    assertTrue(scan("000000" + ACK));
    assertTrue(scan("00000806010000" + ACK));
  }

  @Test
  void acknowledgementInSingleBytes_isFoundWithTheLast() {
    for (int i = 0; i < 16; i++) {
      assertFalse(scan(ACK.substring(2 * i, 2 * i + 2)));
    }
    assertTrue(scan(ACK.substring(32)));
  }

  @Test
  void otherPayload_isNotFound() {
    assertFalse(scan("0000080601000000000102030405060709"));
  }

  @Test
  void pingThatIsNoAcknowledgement_isNotFound() {
    assertFalse(scan("0000080600000000000102030405060708"));
  }

  @Test
  void bytesOutsideTheRange_areNotLookedAtAndNothingMoves() {
    byte[] bytes = HexFormat.of().parseHex(ACK);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    assertFalse(scanner.scan(buffer, 1, bytes.length));
    assertEquals(0, buffer.position());
    assertEquals(17, buffer.limit());
  }
}
