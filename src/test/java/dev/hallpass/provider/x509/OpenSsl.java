package dev.hallpass.provider.x509;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** OpenSSL in a folder: makes CAs as their owners do, and verifies as everybody does. */
record OpenSsl(Path folder) {

  /** What it said, and how it ended. */
  record Outcome(int status, String output) {}

  Outcome run(String... arguments) {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    try {
      var process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void must(String... arguments) {
    var outcome = run(arguments);
    if (outcome.status() != 0) {
      throw new IllegalStateException(String.join(" ", arguments) + ": " + outcome.output());
    }
  }

  /** A self-signed CA, in NAME.crt and NAME.key. */
  void root(String name, String... keyOptions) {
    key(name, keyOptions);
    must(
        "req",
        "-x509",
        "-new",
        "-key",
        name + ".key",
        "-out",
        name + ".crt",
        "-days",
        "30",
        "-subj",
        "/CN=" + name,
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign");
  }

  /** A CA below another. */
  void intermediate(String name, String issuer, String... keyOptions) {
    key(name, keyOptions);
    must("req", "-new", "-key", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name);
    write(
        name + ".ext",
        "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n");
    must(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        issuer + ".crt",
        "-CAkey",
        issuer + ".key",
        "-out",
        name + ".crt",
        "-days",
        "20",
        "-extfile",
        name + ".ext");
  }

  private void key(String name, String... options) {
    var arguments = new ArrayList<>(List.of("genpkey", "-out", name + ".key"));
    arguments.addAll(List.of(options));
    must(arguments.toArray(String[]::new));
  }

  void write(String name, String content) {
    try {
      Files.writeString(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
