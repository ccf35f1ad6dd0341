package dev.hallpass.provider.x509;

import dev.hallpass.pki.RevocationList.Entry;
import dev.hallpass.provider.x509.RevocationLists.Addition;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is revoked at one CA, as it is kept in a ConfigMap.
 *
 * @param revoked the certificates
 * @param number of the last list that was signed
 * @param signedAt when that was
 * @param crl the list, in PEM, before the last ones of CAs that it follows; blank where none was
 *     signed yet
 */
record PublishedList(List<Revoked> revoked, BigInteger number, Instant signedAt, String crl) {
  static final String CRL = "ca.crl";
  private static final String REVOKED = "revoked";
  private static final String NUMBER = "number";
  private static final String SIGNED_AT = "signedAt";

  /** Nothing yet. */
  static final PublishedList EMPTY =
      new PublishedList(List.of(), BigInteger.ZERO, Instant.EPOCH, "");

  /**
   * A certificate that was revoked.
   *
   * @param until when it would have ended by itself, so that it need not be listed any longer
   */
  record Revoked(BigInteger serial, Instant since, Instant until) {
    private static Revoked parse(String line) {
      var parts = line.split(" ", -1);
      return new Revoked(
          new BigInteger(parts[0], 16), Instant.parse(parts[1]), Instant.parse(parts[2]));
    }

    private String line() {
      return serial.toString(16) + " " + since + " " + until;
    }
  }

  static PublishedList of(Map<String, String> data) {
    return new PublishedList(
        data.getOrDefault(REVOKED, "").lines().map(Revoked::parse).toList(),
        new BigInteger(data.getOrDefault(NUMBER, "0")),
        Instant.parse(data.getOrDefault(SIGNED_AT, Instant.EPOCH.toString())),
        data.getOrDefault(CRL, ""));
  }

  Map<String, String> data() {
    return Map.of(
        REVOKED,
        revoked.stream().map(Revoked::line).collect(Collectors.joining("\n")),
        NUMBER,
        number.toString(),
        SIGNED_AT,
        signedAt.toString(),
        CRL,
        crl);
  }

  boolean lists(Collection<BigInteger> serials) {
    return revoked.stream().map(Revoked::serial).collect(Collectors.toSet()).containsAll(serials);
  }

  /**
   * The number of the list that follows. The first one's is the time: a list may have gone with a
   * provider of the same name, and numbers only grow (RFC 5280, 5.2.3).
   */
  BigInteger next(Instant now) {
    return number.signum() == 0
        ? BigInteger.valueOf(now.getEpochSecond())
        : number.add(BigInteger.ONE);
  }

  /** With these beside, and without those that have ended by themselves. */
  List<Revoked> with(List<Addition> additions, Instant now) {
    var all = new LinkedHashMap<BigInteger, Revoked>();
    revoked.stream().filter(r -> r.until().isAfter(now)).forEach(r -> all.put(r.serial(), r));
    for (var addition : additions) {
      for (var serial : addition.serials()) {
        all.putIfAbsent(serial, new Revoked(serial, now, addition.until()));
      }
    }
    return List.copyOf(all.values());
  }

  static List<Entry> entries(List<Revoked> revoked) {
    return revoked.stream().map(r -> new Entry(r.serial(), r.since())).toList();
  }
}
