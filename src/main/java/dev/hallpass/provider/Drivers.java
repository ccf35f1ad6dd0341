package dev.hallpass.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import java.util.List;

/**
 * The drivers at hand.
 *
 * @param all each serves another kind of target
 */
public record Drivers(List<TargetDriver> all) implements AutoCloseable {

  /** The driver of a provider; the schema admits no provider without one. */
  public TargetDriver of(CredentialProviderSpec spec) {
    return all.stream()
        .filter(d -> d.serves(spec))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("provider spec names no known target"));
  }

  /** What a provider's target can deliver. */
  public Offer offer(CredentialProviderSpec spec) {
    var driver = of(spec);
    return new Offer(driver.formats(), driver.fields(spec), driver.renewal());
  }

  @Override
  public void close() {
    all.forEach(TargetDriver::close);
  }
}
