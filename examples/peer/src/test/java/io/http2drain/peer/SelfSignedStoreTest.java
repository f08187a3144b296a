package io.http2drain.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SelfSignedStoreTest {
  @Test
  void writePem_ofANewStore_isACertificateForLoopback(@TempDir Path directory) throws Exception {
    Path pem = SelfSignedStore.create(directory).writePem();
    try (var in = Files.newInputStream(pem)) {
      var certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      certificate.checkValidity();
      String names = certificate.getSubjectAlternativeNames().toString();
      assertTrue(names.contains("localhost") && names.contains("127.0.0.1"), names);
      assertEquals("CN=localhost", certificate.getSubjectX500Principal().toString());
    }
  }

  @Test
  void create_noSuchDirectory_throwsIoExceptionWithTheReason(@TempDir Path directory) {
    Path missing = directory.resolve("missing");
    IOException failure = assertThrows(IOException.class, () -> SelfSignedStore.create(missing));
    assertTrue(failure.toString().contains("missing"), failure::toString);
  }
}
