package dev.hallpass.agent;

import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueAnswer.Form;
import dev.hallpass.wire.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A key pair that never leaves the pod. */
final class PodKey {
  /** Where none is asked for: the files' permissions guard the key store. */
  private static final Secret USUAL_PASSWORD = Secret.of("changeit");

  private static final int RSA_BITS = 3072;

  private final KeyPair pair;
  private final String signatureAlgorithm;

  private PodKey(KeyPair pair, String signatureAlgorithm) {
    this.pair = pair;
    this.signatureAlgorithm = signatureAlgorithm;
  }

  /**
   * A fresh one.
   *
   * @param algorithm EcdsaP256, Ed25519 or Rsa3072
   * @throws IllegalArgumentException where it is another
   */
  static PodKey generate(String algorithm) {
    try {
      return switch (algorithm) {
        case "EcdsaP256" -> {
          var generator = KeyPairGenerator.getInstance("EC");
          generator.initialize(new ECGenParameterSpec("secp256r1"));
          yield new PodKey(generator.generateKeyPair(), "SHA256withECDSA");
        }
        case "Ed25519" ->
            new PodKey(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "Ed25519");
        case "Rsa3072" -> {
          var generator = KeyPairGenerator.getInstance("RSA");
          generator.initialize(RSA_BITS);
          yield new PodKey(generator.generateKeyPair(), "SHA256withRSA");
        }
        default ->
            throw new IllegalArgumentException("the key algorithm " + algorithm + " is unknown");
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK cannot make a key by " + algorithm, e);
    }
  }

  /** A request that proves it, in PEM. It asks for no name: the broker knows whose it is. */
  String request() {
    var info =
        Der.sequence(Der.integer(0), Der.sequence(), pair.getPublic().getEncoded(), Der.context(0));
    return pem(
        "CERTIFICATE REQUEST",
        Der.sequence(info, Der.signatureAlgorithm(signatureAlgorithm), Der.bits(sign(info))));
  }

  private byte[] sign(byte[] content) {
    try {
      var signature = Signature.getInstance(signatureAlgorithm);
      signature.initSign(pair.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was just made cannot sign", e);
    }
  }

  /**
   * The files with the private key where it belongs.
   *
   * @throws IllegalArgumentException where the certificates cannot be read
   */
  List<IssueAnswer.File> complete(List<IssueAnswer.File> files) {
    var password = password(files);
    var completed = new ArrayList<IssueAnswer.File>();
    for (var file : files) {
      completed.add(
          switch (file.form()) {
            case Text, Base64 -> file;
            case KeyFirst ->
                file.with(Secret.of(privateKey() + file.content().reveal()), Form.Text);
            case KeyStore ->
                file.with(
                    Secret.of(
                        Base64.getEncoder()
                            .encodeToString(store(file.content().reveal(), password))),
                    Form.Base64);
            case StorePassword -> file.with(password, Form.Text);
          });
    }
    return List.copyOf(completed);
  }

  private static Secret password(List<IssueAnswer.File> files) {
    for (var file : files) {
      if (file.form() == Form.StorePassword) {
        return Secret.random(new SecureRandom());
      }
    }
    return USUAL_PASSWORD;
  }

  private String privateKey() {
    return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
  }

  private byte[] store(String certificates, Secret password) {
    var secret = password.reveal().toCharArray();
    try {
      var chain = new ArrayList<Certificate>();
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (var read :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(certificates.getBytes(StandardCharsets.US_ASCII)))) {
        var certificate = (X509Certificate) read;
        if (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
          store.setCertificateEntry("ca-" + store.size(), certificate);
        } else {
          chain.add(certificate);
        }
      }
      store.setKeyEntry("key", pair.getPrivate(), secret, chain.toArray(Certificate[]::new));
      var bytes = new ByteArrayOutputStream();
      store.store(bytes, secret);
      return bytes.toByteArray();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the certificates cannot be stored", e);
    }
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
