package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The servers of a provider's cluster, one of which takes writes.
 *
 * @param all at least one, the first being {@code spec.postgresql.host}
 */
record Servers(List<Address> all) {

  /** Where one of them listens. */
  record Address(String host, int port) {

    private static Address parse(String text, int defaultPort) {
      var colon = text.indexOf(':');
      return colon < 0
          ? new Address(text, defaultPort)
          : new Address(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
  }

  /** The schema refuses other hosts; a URL is not where one finds out that it did not. */
  static Servers of(PostgreSql spec) {
    var further = Objects.requireNonNullElse(spec.hosts(), List.<String>of());
    if (!spec.host().matches(PostgreSql.HOST)
        || !further.stream().allMatch(h -> h.matches(PostgreSql.SERVER))) {
      throw new TargetException(
          Reason.TargetRefused,
          "spec.postgresql: host and hosts take host names and IPv4 addresses alone");
    }
    var port = spec.portOrDefault();
    return new Servers(
        Stream.concat(
                Stream.of(new Address(spec.host(), port)),
                further.stream().map(h -> Address.parse(h, port)))
            .toList());
  }

  boolean several() {
    return all.size() > 1;
  }

  /** As URLs take them, {@code host:port,host:port}. */
  String authority() {
    return joined(a -> a.host() + ":" + a.port());
  }

  /** As libpq takes them in {@code PGHOST}. */
  String hosts() {
    return joined(Address::host);
  }

  /** As libpq takes them in {@code PGPORT}. */
  String ports() {
    return joined(a -> String.valueOf(a.port()));
  }

  private String joined(Function<Address, String> part) {
    return all.stream().map(part).collect(Collectors.joining(","));
  }
}
