package dev.hallpass.pki;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * The DNS names the broker serves under, e.g. {@code hallpass-broker.hallpass-system.svc}.
 *
 * @param dnsNames at least one
 */
public record ServingNames(List<String> dnsNames) {
  private static final int DNS_NAME = GeneralName.dNSName;

  /** Copies the list. */
  public ServingNames {
    dnsNames = List.copyOf(dnsNames);
    if (dnsNames.isEmpty()) {
      throw new IllegalArgumentException("at least one DNS name is needed");
    }
  }

  /**
   * What a CA must be able to vouch for: the namespace's domain, so that a further service name
   * needs no new CA.
   */
  List<String> domains() {
    return dnsNames.stream().map(ServingNames::domain).distinct().sorted().toList();
  }

  /** Whether a certificate carries exactly these names. */
  boolean sameAs(X509Certificate leaf) {
    try {
      var names = new TreeSet<String>();
      var alternatives = leaf.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (var name : alternatives) {
          if (name.getFirst().equals(DNS_NAME)) {
            names.add((String) name.get(1));
          }
        }
      }
      return names.equals(Set.copyOf(dnsNames));
    } catch (CertificateParsingException e) {
      throw new IllegalArgumentException("subjectAltName is malformed", e);
    }
  }

  /** Whether the CA's name constraints permit all names. */
  boolean permittedBy(X509Certificate authority) {
    var value = authority.getExtensionValue(Extension.nameConstraints.getId());
    if (value == null) {
      return false;
    }
    try {
      var subtrees =
          NameConstraints.getInstance(JcaX509ExtensionUtils.parseExtensionValue(value))
              .getPermittedSubtrees();
      var permitted =
          subtrees == null
              ? List.<String>of()
              : Arrays.stream(subtrees).map(s -> s.getBase().getName().toString()).toList();
      return dnsNames.stream()
          .allMatch(n -> permitted.stream().anyMatch(p -> n.equals(p) || n.endsWith("." + p)));
    } catch (IOException e) {
      throw new UncheckedIOException("nameConstraints are malformed", e);
    }
  }

  private static String domain(String name) {
    var parent = name.substring(name.indexOf('.') + 1);
    return parent.contains(".") ? parent : name;
  }
}
