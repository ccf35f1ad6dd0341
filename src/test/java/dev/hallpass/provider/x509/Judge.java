package dev.hallpass.provider.x509;

import dev.hallpass.testing.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code hack/judge}: what zlint and go-spiffe say of a certificate. */
final class Judge {
  /** The CA/Browser Forum's demands on certificates that browsers trust; ours never meet one. */
  private static final Set<String> OF_WEBSITES =
      Set.of(
          // Names are of a cluster, and one is a SPIFFE ID.
          " e_dnsname_not_valid_tld ",
          " e_ext_san_uniform_resource_identifier_present ",
          // No issuer to look up, no policy to name, no log to be in: a pod has the chain, and
          // minutes.
          " e_sub_cert_aia_missing ",
          " w_sub_cert_aia_does_not_contain_issuing_ca_url ",
          " e_sub_cert_cert_policy_empty ",
          " e_sub_cert_certificate_policies_missing ",
          " w_ct_sct_policy_count_unsatisfied ",
          // The subject is no legal person with a seat.
          " e_sub_cert_country_name_must_appear ",
          " e_sub_cert_locality_name_must_appear ",
          " e_sub_cert_province_must_appear ",
          // RFC 5280, 4.2.1.2, asks for what the Forum has come to advise against.
          " w_ext_subject_key_identifier_not_recommended_subscriber ",
          // Ed25519, which browsers do not take.
          " e_algorithm_identifier_improper_encoding ",
          " e_signature_algorithm_not_supported ");

  private Judge() {}

  /**
   * A line for each finding, but for what is asked of websites alone, and the SPIFFE ID.
   *
   * @param chain the certificate and its intermediates, as PEM
   * @param trust the roots
   */
  static List<String> of(Path chain, Path trust, String trustDomain) {
    return ServerProcess.output("hack/judge", chain.toString(), trust.toString(), trustDomain)
        .lines()
        .filter(line -> OF_WEBSITES.stream().noneMatch(line::contains))
        .toList();
  }
}
