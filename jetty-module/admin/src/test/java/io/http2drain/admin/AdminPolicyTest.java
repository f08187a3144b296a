package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AdminPolicyTest {

  @Test
  void properties_areRead(@TempDir Path directory) throws Exception {
    assertEquals(AdminPolicy.DEFAULT, AdminPolicy.parse(" 127.0.0.1 ", " 8081 ", "", ""));
    assertNull(AdminPolicy.DEFAULT.token());
    AdminPolicy any = AdminPolicy.parse("0.0.0.0", "0", "0123456789abcdef", "");
    assertNotNull(any.token());
    Path file = directory.resolve("token");
    Files.writeString(file, "0123456789abcdef\n");
    AdminToken token = AdminPolicy.parse("", "9", "", file.toString()).token();
    assertNotNull(token);
    assertTrue(token.matches("0123456789abcdef"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"})
  void loopbackHost_needsNoToken(String host) {
    assertNull(AdminPolicy.parse(host, "0", "", "").token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "", "192.0.2.1", "2001:db8::1"})
  void otherHost_needsAToken(String host) {
    var x =
        assertThrows(IllegalArgumentException.class, () -> AdminPolicy.parse(host, "8081", "", ""));
    assertEquals(
        "drain.admin.host: "
            + host
            + " (expected: a loopback address, or a token in drain.admin.token or"
            + " drain.admin.tokenFile)",
        x.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "127.0.0.1|many||| drain.admin.port: many (expected: a port, 0 to 65535)",
        "127.0.0.1|||| drain.admin.port:  (expected: a port, 0 to 65535)",
        "127.0.0.1|-1||| drain.admin.port: -1 (expected: a port, 0 to 65535)",
        "127.0.0.1|65536||| drain.admin.port: 65536 (expected: a port, 0 to 65535)",
        "no such host|1||| drain.admin.host: no such host (expected: a name or an address of this machine)",
        "127.0.0.1|1|short|| drain.admin.token: (not shown) (expected: at least 16 characters, of letters, digits and ._~+/-)",
        "127.0.0.1|1||/none/token| drain.admin.tokenFile: /none/token (expected: a readable file that holds the token)",
        "127.0.0.1|1||/| drain.admin.tokenFile: / (expected: a readable file that holds the token)",
        "127.0.0.1|1||/dev/zero| drain.admin.tokenFile: /dev/zero (expected: a readable file that holds the token)",
        "127.0.0.1|1|0123456789abcdef|/x| drain.admin.tokenFile: /x (expected: nothing, as drain.admin.token is set)",
      })
  void badProperty_isNamedWithWhatIsExpected(
      String host, String port, String token, String file, String message) {
    var x =
        assertThrows(
            IllegalArgumentException.class,
            () -> AdminPolicy.parse(host, text(port), text(token), text(file)));
    assertEquals(message, x.getMessage());
  }

  private static String text(@org.jspecify.annotations.Nullable String cell) {
    return cell == null ? "" : cell;
  }

  @Test
  void emptyTokenFile_isRefused(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("token"));
    var x =
        assertThrows(
            IllegalArgumentException.class,
            () -> AdminPolicy.parse("127.0.0.1", "1", "", file.toString()));
    assertTrue(
        String.valueOf(x.getMessage()).startsWith("drain.admin.tokenFile: (not shown) (expected: "),
        x::getMessage);
  }
}
