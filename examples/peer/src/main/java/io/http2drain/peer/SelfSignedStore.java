package io.http2drain.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A PKCS12 store with a fresh key and a self-signed certificate for localhost and 127.0.0.1.
 *
 * @param path the store
 * @param password of the store and of its key
 */
public record SelfSignedStore(Path path, String password) {
  private static final String ALIAS = "server";

  /**
   * Makes {@code directory/server.p12} with the {@code keytool} of the running JDK. Blocks for
   * about a second.
   *
   * @throws IOException when the directory is not writable or {@code keytool} fails
   */
  public static SelfSignedStore create(Path directory) throws IOException {
    SelfSignedStore store = new SelfSignedStore(directory.resolve("server.p12"), "changeit");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command =
        List.of(
            keytool.toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-validity",
            "3650",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.path().toString(),
            "-storepass",
            store.password());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException("keytool: exit " + exit + ": " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      throw new IOException("interrupted while keytool ran", e);
    }
    return store;
  }

  /**
   * Writes the certificate as {@code server.pem} beside the store, for clients that ask for a file
   * of trusted certificates.
   *
   * @throws IOException when the store cannot be read or the file not be written
   */
  public Path writePem() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password.toCharArray());
      String base64 =
          Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(store.getCertificate(ALIAS).getEncoded());
      String pem = "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
      return Files.writeString(path.resolveSibling("server.pem"), pem);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read " + path, e);
    }
  }
}
