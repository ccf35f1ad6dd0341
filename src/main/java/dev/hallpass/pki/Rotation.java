package dev.hallpass.pki;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which certificates to have.
 *
 * <p>A certificate is replaced when a third of its life is left. A CA is replaced in two steps, so
 * that whoever trusts the bundle never meets a leaf it cannot verify: the new CA first joins the
 * bundle; after {@link Lifetimes#overlap} it signs a new leaf. The old one stays in the bundle
 * until it has expired.
 */
public final class Rotation {
  private final CertificateIssuer issuer;
  private final ServingNames names;
  private final Lifetimes lifetimes;

  /** Makes certificates for these names. */
  public Rotation(ServingNames names, Lifetimes lifetimes, SecureRandom random) {
    this.issuer = new CertificateIssuer(random);
    this.names = names;
    this.lifetimes = lifetimes;
  }

  /** Whether no more than a third of the certificate's life is left. */
  static boolean due(X509Certificate certificate, Instant now) {
    return !now.isBefore(dueAt(certificate));
  }

  /** What to have now, given what there is; the same state where nothing is due. */
  public ServingState next(ServingState state, Instant now) {
    var authority = alive(state.authority(), now);
    var upcoming = fitting(alive(state.upcoming(), now));
    var previous = new ArrayList<>(state.previous());
    if (upcoming == null && (authority == null || mustChange(authority, now))) {
      upcoming = issuer.authority(names.domains(), now, lifetimes.authority());
    }
    if (upcoming != null && (mayServe(upcoming, now) || !canWait(state, authority, now))) {
      if (authority != null) {
        previous.addFirst(authority.certificate());
      }
      authority = upcoming;
      upcoming = null;
    }
    previous.removeIf(c -> expired(c, now));
    return new ServingState(
        authority, upcoming, List.copyOf(previous), leaf(state.leaf(), authority, now));
  }

  /** When {@link #next} would first change this state. */
  public Instant dueAt(ServingState state) {
    var moments =
        Stream.of(
            Stream.of(state.leaf(), state.upcoming() == null ? state.authority() : null)
                .flatMap(Stream::ofNullable)
                .map(i -> dueAt(i.certificate())),
            Stream.ofNullable(state.upcoming()).map(this::servesAt),
            state.previous().stream().map(c -> c.getNotAfter().toInstant().plusSeconds(1)));
    return moments.flatMap(m -> m).min(Instant::compareTo).orElse(Instant.MIN);
  }

  private @Nullable Identity leaf(
      @Nullable Identity leaf, @Nullable Identity authority, Instant now) {
    if (authority == null) {
      return leaf;
    }
    var keep =
        leaf != null
            && signed(leaf.certificate(), authority.certificate())
            && !due(leaf.certificate(), now)
            && (names.sameAs(leaf.certificate()) || !names.permittedBy(authority.certificate()));
    return keep ? leaf : issuer.leaf(authority, names.dnsNames(), now, lifetimes.leaf());
  }

  /** Without a CA that can sign, a leaf that clients still trust buys the new CA time to spread. */
  private static boolean canWait(ServingState state, @Nullable Identity authority, Instant now) {
    if (authority != null) {
      return true;
    }
    var leaf = state.leaf();
    return leaf != null
        && !due(leaf.certificate(), now)
        && state.bundle().stream().anyMatch(c -> !expired(c, now) && signed(leaf.certificate(), c));
  }

  private boolean mustChange(Identity authority, Instant now) {
    return due(authority.certificate(), now) || !names.permittedBy(authority.certificate());
  }

  private boolean mayServe(Identity upcoming, Instant now) {
    return !now.isBefore(servesAt(upcoming));
  }

  private Instant servesAt(Identity upcoming) {
    return upcoming
        .certificate()
        .getNotBefore()
        .toInstant()
        .plus(CertificateIssuer.BACKDATE)
        .plus(lifetimes.overlap());
  }

  private @Nullable Identity fitting(@Nullable Identity upcoming) {
    return upcoming != null && names.permittedBy(upcoming.certificate()) ? upcoming : null;
  }

  private static @Nullable Identity alive(@Nullable Identity identity, Instant now) {
    return identity == null || expired(identity.certificate(), now) ? null : identity;
  }

  private static boolean expired(X509Certificate certificate, Instant now) {
    return certificate.getNotAfter().toInstant().isBefore(now);
  }

  private static Instant dueAt(X509Certificate certificate) {
    var until = certificate.getNotAfter().toInstant();
    var life = Duration.between(certificate.getNotBefore().toInstant(), until);
    return until.minus(life.dividedBy(3));
  }

  private static boolean signed(X509Certificate leaf, X509Certificate authority) {
    try {
      leaf.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
