package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.audit.AuditEvent;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The kinds of records that there are, against the page that says what is recorded. */
class AuditPageTest {
  private static final Path PAGE = Path.of("docs/audit.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z.`, ]+`) \\| ");
  private static final Pattern KIND = Pattern.compile("`([a-z]*)(\\.[a-z]+)`");

  @Test
  void eachKindOfRecordIsInTheTableAndNoOther() throws Exception {
    assertThat(rows()).isEqualTo(kinds());
  }

  /** All kinds of records, those of the trail itself too. */
  static Set<String> kinds() throws ReflectiveOperationException {
    var kinds = new TreeSet<>(Set.of("audit.begun", "audit.checkpoint", "audit.lost"));
    for (var type : records(AuditEvent.class).toList()) {
      kinds.addAll(kinds(type));
    }
    return kinds;
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(AuditPageTest::records);
  }

  /** A row may leave out what its kinds begin with, after the first. */
  private static Set<String> rows() throws IOException {
    var rows = new TreeSet<String>();
    for (var row : ROW.matcher(Files.readString(PAGE)).results().toList()) {
      var area = "";
      for (var kind : KIND.matcher(row.group(1)).results().toList()) {
        area = kind.group(1).isEmpty() ? area : kind.group(1);
        rows.add(area + kind.group(2));
      }
    }
    return rows;
  }

  /** A record's kind depends on one of its enums at most. */
  private static Set<String> kinds(Class<?> type) throws ReflectiveOperationException {
    var components = type.getRecordComponents();
    var maker =
        type.getDeclaredConstructor(
            Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    var constants =
        Arrays.stream(components)
            .map(RecordComponent::getType)
            .filter(Class::isEnum)
            .mapToInt(t -> t.getEnumConstants().length)
            .max()
            .orElse(1);
    var kinds = new TreeSet<String>();
    for (var i = 0; i < constants; i++) {
      kinds.add(made(maker, i).kind());
    }
    return kinds;
  }

  private static AuditEvent made(Constructor<?> maker, int constant)
      throws ReflectiveOperationException {
    return (AuditEvent)
        maker.newInstance(
            Stream.of(maker.getParameterTypes()).map(t -> argument(t, constant)).toArray());
  }

  private static Object argument(Class<?> type, int constant) {
    if (type.isEnum()) {
      var constants = type.getEnumConstants();
      return constants[constant % constants.length];
    }
    return type == long.class ? 0L : null;
  }
}
