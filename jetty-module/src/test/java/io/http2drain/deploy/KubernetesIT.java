package io.http2drain.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.BuildOutput;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The manifest agrees with the module's defaults and with itself. */
@Timeout(60)
class KubernetesIT {

  /** How long a change of endpoints may take to reach every proxy; in milliseconds. */
  private static final long PROPAGATION = 3_000;

  private Manifest manifest;
  private Manifest pod;
  private Manifest container;
  private DrainFigures drain;

  @BeforeEach
  void read() throws IOException {
    List<Manifest> all =
        Manifest.read(BuildOutput.OPERATOR_FILES.path().resolve("kubernetes/jetty.yaml"));
    assertEquals(
        List.of("Deployment", "Service", "PodDisruptionBudget"),
        all.stream().map(document -> document.text("kind")).toList());
    manifest = all.get(0);
    pod = manifest.at("spec", "template", "spec");
    container = pod.list("containers").get(0);
    drain = new DrainFigures(container.texts("args"));
  }

  private List<Manifest> all() throws IOException {
    return Manifest.read(BuildOutput.OPERATOR_FILES.path().resolve("kubernetes/jetty.yaml"));
  }

  /** After how many milliseconds a probe that fails has had its effect. */
  private static long window(Manifest probe) {
    return 1000
        * (probe.number("periodSeconds") * probe.number("failureThreshold")
            + probe.number("timeoutSeconds"));
  }

  @Test
  void pod_isKilledOnlyAfterTheDrain() throws IOException {
    drain.assertKnown();
    drain.assertTimeoutIsTheDefault();
    drain.assertKilledAfterTheDrain(
        "terminationGracePeriodSeconds", pod.number("terminationGracePeriodSeconds"));
  }

  @Test
  void quietPeriod_isLongerThanReadinessTakesToBeNoticed() {
    assertFalse(container.has("lifecycle"), "a preStop hook delays SIGTERM, and with it the drain");
    Manifest readiness = container.at("readinessProbe");
    drain.assertQuietFor(window(readiness) + PROPAGATION);
    assertTrue(drain.millis("drain.spread") <= drain.millis("drain.quietPeriod"));
  }

  @Test
  void probes_readinessIsOfTheDrainAndLivenessIsNot() {
    for (String probe : List.of("startupProbe", "readinessProbe")) {
      assertEquals("/ready", container.at(probe, "httpGet").text("path"));
      assertEquals("admin", container.at(probe, "httpGet").text("port"));
    }
    Manifest liveness = container.at("livenessProbe");
    assertFalse(liveness.has("httpGet"), "readiness is down while a drain serves what it has");
    assertEquals("admin", liveness.at("tcpSocket").text("port"));
    assertTrue(window(container.at("startupProbe")) >= 60_000);
  }

  @Test
  void ports_areThoseOfTheProperties() {
    List<Manifest> ports = container.list("ports");
    assertEquals("http", ports.get(0).text("name"));
    assertTrue(
        container
            .texts("args")
            .contains("jetty.http.port=" + ports.get(0).number("containerPort")));
    assertEquals("admin", ports.get(1).text("name"));
    assertEquals(drain.millis("drain.admin.port"), ports.get(1).number("containerPort"));
  }

  @Test
  void adminBeyondLoopback_hasATokenFromASecret() {
    assertEquals("0.0.0.0", drain.text("drain.admin.host"));
    Manifest mount = container.list("volumeMounts").get(0);
    assertEquals(mount.text("mountPath") + "/token", drain.text("drain.admin.tokenFile"));
    Manifest volume = pod.list("volumes").get(0);
    assertEquals(mount.text("name"), volume.text("name"));
    assertEquals("jetty-drain", volume.at("secret").text("secretName"));
  }

  @Test
  void start_isTheJvmItself() {
    assertEquals(List.of("java", "-jar", "/opt/jetty-home/start.jar"), container.texts("command"));
  }

  @Test
  void update_andDisruption_takeOnePodAtATime() throws IOException {
    Manifest rolling = manifest.at("spec", "strategy", "rollingUpdate");
    assertEquals(0, rolling.number("maxUnavailable"));
    assertNotEquals(0, rolling.number("maxSurge"));
    Manifest budget = all().get(2).at("spec");
    assertEquals(1, budget.number("maxUnavailable"));
    assertTrue(manifest.at("spec").number("replicas") > 1);
  }

  @Test
  void selectors_meetThePods() throws IOException {
    Manifest labels = manifest.at("spec", "template", "metadata", "labels");
    assertEquals(labels, manifest.at("spec", "selector", "matchLabels"));
    assertEquals(labels, all().get(1).at("spec", "selector"));
    assertEquals(labels, all().get(2).at("spec", "selector", "matchLabels"));
    Manifest port = all().get(1).at("spec").list("ports").get(0);
    assertEquals("http", port.text("targetPort"));
    assertEquals("kubernetes.io/h2c", port.text("appProtocol"));
  }
}
