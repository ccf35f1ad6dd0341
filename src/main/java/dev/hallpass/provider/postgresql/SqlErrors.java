package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;

/**
 * What a SQLSTATE (PostgreSQL, Appendix A) means to Hallpass. Only the server's primary message is
 * passed on: details and contexts can quote statements.
 */
final class SqlErrors {
  private static final String DEPENDENT_OBJECTS = "2BP01";

  private SqlErrors() {}

  static TargetException explain(Target target, SQLException e) {
    return TlsErrors.explain(Pools.server(target), e)
        .orElseGet(() -> explain(Servers.of(Pools.server(target)).authority(), e));
  }

  private static TargetException explain(String address, SQLException e) {
    var state = Objects.requireNonNullElse(e.getSQLState(), "");
    var words = words(e);
    if (state.startsWith("28")) {
      return new TargetException(
          Reason.AdminSecretUnavailable,
          "spec.postgresql.adminSecretRef: PostgreSQL refuses the login: " + words);
    }
    if (Sql.lostARace(e)) {
      return new TargetException(Reason.LeaseBusy, "PostgreSQL: " + words);
    }
    var unknown = unknownHost(e);
    if (unknown.isPresent()) {
      return new TargetException(
          Reason.TargetUnreachable,
          "spec.postgresql: no address is known for %s; correct host or hosts, or have it resolve"
              .formatted(unknown.get()));
    }
    var reason = reason(state);
    return new TargetException(
        reason,
        "PostgreSQL%s: %s%s"
            .formatted(
                reason == Reason.TargetUnreachable ? " at " + address : "",
                words,
                state.isEmpty() ? "" : " (SQLSTATE " + state + ")"));
  }

  private static Optional<String> unknownHost(SQLException e) {
    return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
        .filter(UnknownHostException.class::isInstance)
        .map(Throwable::getMessage)
        .findFirst();
  }

  private static Reason reason(String state) {
    if (state.equals(DEPENDENT_OBJECTS)) {
      return Reason.RemovalBlocked;
    }
    var unreachable =
        state.isEmpty()
            || state.startsWith("08")
            || state.startsWith("53")
            || state.startsWith("57P");
    return unreachable ? Reason.TargetUnreachable : Reason.TargetRefused;
  }

  private static String words(SQLException e) {
    if (e instanceof PSQLException p && p.getServerErrorMessage() != null) {
      return Objects.requireNonNullElse(p.getServerErrorMessage().getMessage(), "no message");
    }
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }
}
