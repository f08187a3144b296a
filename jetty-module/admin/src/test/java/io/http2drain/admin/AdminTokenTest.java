package io.http2drain.admin;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AdminTokenTest {

  private static final String TEXT = "correct-horse-battery-staple";

  @Test
  void token_matchesItsTextOnly() {
    AdminToken token = AdminToken.of(TEXT);
    assertTrue(token.matches(TEXT));
    for (String other :
        List.of("", "c", TEXT + "=", TEXT.substring(1), TEXT.toUpperCase(Locale.ROOT), "é")) {
      assertFalse(token.matches(other), other);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "fifteen-letters",
        "sixteen letters ",
        "sixteen-letters\u00e9",
        "=sixteen-letters"
      })
  void badToken_isRefusedAndNotShown(String text) {
    var x = assertThrows(IllegalArgumentException.class, () -> AdminToken.of(text));
    String message = String.valueOf(x.getMessage());
    assertTrue(message.contains("(expected: at least 16 characters"), message);
    assertFalse(text.length() > 5 && message.contains(text), message);
  }

  /**
   * How long a comparison takes is not measured, which a busy machine would spoil, but what it is
   * made of: digests of one length, and the comparison of the JDK that looks at every byte.
   */
  @Test
  void comparison_isOverDigestsAndLooksAtEveryByte() throws Exception {
    AdminToken token = AdminToken.of(TEXT);
    List<Field> fields =
        Arrays.stream(AdminToken.class.getDeclaredFields())
            .filter(field -> !Modifier.isStatic(field.getModifiers()))
            .toList();
    assertEquals(List.of("digest"), fields.stream().map(Field::getName).toList());
    fields.get(0).setAccessible(true);
    byte[] expected = MessageDigest.getInstance("SHA-256").digest(TEXT.getBytes(UTF_8));
    assertTrue(Arrays.equals(expected, (byte[]) fields.get(0).get(token)));

    JavaClasses classes = new ClassFileImporter().importClasses(AdminToken.class);
    noClasses()
        .should()
        .callMethodWhere(
            target(name("equals")).or(target(name("startsWith"))).or(target(name("compareTo"))))
        .check(classes);
    boolean compares =
        classes
            .get(AdminToken.class)
            .getMethod("matches", String.class)
            .getMethodCallsFromSelf()
            .stream()
            .anyMatch(
                call ->
                    call.getTargetOwner().isEquivalentTo(MessageDigest.class)
                        && call.getName().equals("isEqual"));
    assertTrue(compares);
  }

  @Test
  void token_isInNoText() {
    assertFalse(AdminPolicy.DEFAULT.withToken(TEXT).toString().contains(TEXT));
  }
}
