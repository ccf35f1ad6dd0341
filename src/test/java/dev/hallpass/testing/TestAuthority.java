package dev.hallpass.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A certificate authority of one test, made with the openssl command. */
public final class TestAuthority implements AutoCloseable {
  private final Path folder;

  /**
   * A certificate and its key.
   *
   * @param certificate PEM
   * @param key PEM
   */
  public record Certificate(String certificate, String key) {}

  /** Makes a new authority. */
  public TestAuthority() {
    this("test-ca");
  }

  /** Makes a new authority of this name. */
  public TestAuthority(String name) {
    try {
      folder = Files.createTempDirectory("hallpass-ca-");
    } catch (IOException e) {
      throw new IllegalStateException("no folder for a CA", e);
    }
    run(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN="
            + name
            + " -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.crt");
  }

  /** The authority's own certificate, as PEM. */
  public String bundle() {
    return read("ca.crt");
  }

  /** The authority itself, as whoever issues in its name has it. */
  public Certificate self() {
    return new Certificate(bundle(), read("ca.key"));
  }

  /** A server's certificate for these names, e.g. {@code IP:127.0.0.1,DNS:db.shop.svc}. */
  public Certificate server(String names) {
    run(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key"
            + " -out server.csr -addext subjectAltName="
            + names);
    run(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1"
            + " -copy_extensions copy -out server.crt");
    return new Certificate(read("server.crt"), read("server.key"));
  }

  private void run(String arguments) {
    ServerProcess.output(
        "sh", "-c", "cd \"$0\" && openssl %s 2>&1".formatted(arguments), folder.toString());
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new IllegalStateException("openssl made no " + name, e);
    }
  }

  @Override
  public void close() {
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      throw new IllegalStateException("left behind: " + folder, e);
    }
  }
}
