package io.http2drain;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Calendar;
import java.util.Date;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the compiled classes may know. That they know nothing internal to Jetty is the compiler's to
 * say: Jetty's modules do not export it.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DependencyTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  private static final String PROTOCOL = "io.http2drain.protocol";

  private static final Set<String> WALL_CLOCK_METHODS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.util.concurrent.locks.LockSupport.parkUntil",
          "java.util.concurrent.locks.Condition.awaitUntil");

  @Test
  void protocol_knowsNeitherJettyNorAClock() {
    classes()
        .that()
        .resideInAPackage(PROTOCOL)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(PROTOCOL, "java.lang..", "java.util..", "org.jspecify..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(PROTOCOL)
        .should()
        .accessTargetWhere(describe("it is a clock", a -> fullName(a).endsWith(".nanoTime")))
        .check(CLASSES);
  }

  @Test
  void noClass_readsTheWallClock() {
    noClasses()
        .should()
        .accessTargetWhere(
            describe("it is the wall clock", a -> WALL_CLOCK_METHODS.contains(fullName(a))))
        .orShould()
        .dependOnClassesThat(describe("know dates", DependencyTest::knowsDates))
        .check(CLASSES);
  }

  private static boolean knowsDates(JavaClass type) {
    return type.isEquivalentTo(Date.class)
        || type.isEquivalentTo(Calendar.class)
        || type.isEquivalentTo(Timer.class)
        || (type.getPackageName().startsWith("java.time") && !type.isEquivalentTo(Duration.class));
  }

  private static String fullName(JavaAccess<?> access) {
    return access.getTargetOwner().getName() + "." + access.getName();
  }
}
