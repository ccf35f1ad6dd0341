package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSql.Tls;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** What fails because of TLS, in terms of {@code spec.postgresql.tls} and with what mends it. */
final class TlsErrors {
  private static final String MODE = "spec.postgresql.tls.mode: ";
  private static final String BUNDLE = "spec.postgresql.tls.caBundle: ";

  /** Where the server looks for a rule that admits the client, before it asks for a password. */
  private static final String HBA = "ClientAuthentication";

  private TlsErrors() {}

  /** Empty where TLS is not to blame. */
  static Optional<TargetException> explain(PostgreSql server, SQLException e) {
    return detail(server, e).map(text -> new TargetException(Reason.TlsFailed, text));
  }

  /** Refuses a bundle that cannot be used. */
  static void requireUsable(String bundle) {
    try {
      BundleSslFactory.certificates(bundle);
    } catch (CertificateException e) {
      throw new TargetException(
          Reason.TlsFailed,
          BUNDLE
              + "not a PEM bundle of certificates (%s); give the certificate of the CA that signed"
                  .formatted(e.getMessage())
              + " the server's, with its BEGIN and END lines",
          e);
    }
  }

  private static Optional<String> detail(PostgreSql server, SQLException e) {
    var words = String.valueOf(e.getMessage());
    if (words.contains("server does not support SSL")) {
      return Optional.of(
          MODE
              + Pools.tlsMode(server)
              + " asks for TLS, but the server does not support SSL; set ssl = on at the server, or"
              + " mode: Disable where the network is trusted");
    }
    if (words.contains("could not be verified by hostnameverifier")) {
      return Optional.of(
          ("spec.postgresql.host: the server's certificate does not name %s; use a host that it"
                  + " names, or give the server a certificate with that subjectAltName")
              .formatted(Servers.of(server).hosts()));
    }
    if (refusedByRule(e)) {
      return Optional.of(rule(server, words));
    }
    return causes(e).anyMatch(SSLException.class::isInstance)
        ? Optional.of(handshake(server, e))
        : Optional.empty();
  }

  private static boolean refusedByRule(SQLException e) {
    return "28000".equals(e.getSQLState())
        && e instanceof PSQLException p
        && p.getServerErrorMessage() != null
        && HBA.equals(p.getServerErrorMessage().getRoutine());
  }

  private static String rule(PostgreSql server, String words) {
    var advice =
        switch (Pools.tlsMode(server)) {
          case Disable ->
              "the server admits no unencrypted login of the admin role; set mode: VerifyFull, with"
                  + " caBundle where its CA is its own";
          case Require, VerifyFull ->
              "no line of the server's pg_hba.conf admits the admin role over TLS; add one, e.g."
                  + " hostssl all <role> <Hallpass's addresses> scram-sha-256";
        };
    return MODE + advice + " (" + words + ")";
  }

  private static String handshake(PostgreSql server, SQLException e) {
    if (has(e, CertificateExpiredException.class)) {
      return BUNDLE
          + "a certificate of the server or of its CA has expired; renew it at the server, and give"
          + " the new CA certificate here";
    }
    if (has(e, CertificateNotYetValidException.class)) {
      return BUNDLE + "the server's certificate is not valid yet; compare the clocks";
    }
    // The second is what another CA of the same name leads to.
    if (has(e, CertPathBuilderException.class) || has(e, CertPathValidatorException.class)) {
      return BUNDLE
          + (bundle(server) == null
              ? "left out, and none of the runtime's own authorities signed the server's"
                  + " certificate; give the PEM certificate of the CA that did"
              : "no certificate in it signed the server's; give the PEM certificate of the CA that"
                  + " did");
    }
    return MODE
        + Pools.tlsMode(server)
        + ": the TLS handshake fails: "
        + causes(e)
            .filter(SSLException.class::isInstance)
            .map(c -> String.valueOf(c.getMessage()))
            .findFirst()
            .orElse("no message");
  }

  private static @Nullable String bundle(PostgreSql server) {
    Tls tls = server.tls();
    return tls == null ? null : tls.caBundle();
  }

  private static boolean has(Throwable e, Class<? extends Throwable> kind) {
    return causes(e).anyMatch(kind::isInstance);
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.<Throwable>iterate(e, c -> c != null, Throwable::getCause).limit(16);
  }
}
