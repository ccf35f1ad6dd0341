package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any one thing done to a trail is found, whatever and wherever it is: many trails, each damaged at
 * random. A failure names the seed that repeats it.
 */
class TamperingTest {
  private static final int TRIALS = 1600;

  @TempDir private Path folder;

  /** One way to damage lines; gives whether they are other than before. */
  private enum Damage {
    ByteChanged {
      @Override
      List<String> to(List<String> lines, Random random) {
        var at = random.nextInt(lines.size());
        var bytes = lines.get(at).getBytes(StandardCharsets.ISO_8859_1);
        bytes[random.nextInt(bytes.length)] = (byte) (' ' + random.nextInt(95));
        lines.set(at, new String(bytes, StandardCharsets.ISO_8859_1));
        return lines;
      }
    },
    Dropped {
      @Override
      List<String> to(List<String> lines, Random random) {
        lines.remove(random.nextInt(lines.size()));
        return lines;
      }
    },
    Swapped {
      @Override
      List<String> to(List<String> lines, Random random) {
        var one = random.nextInt(lines.size());
        var line = lines.remove(one);
        lines.add(random.nextInt(lines.size() + 1), line);
        return lines;
      }
    },
    Duplicated {
      @Override
      List<String> to(List<String> lines, Random random) {
        var line = lines.get(random.nextInt(lines.size()));
        lines.add(random.nextInt(lines.size() + 1), line);
        return lines;
      }
    },
    Truncated {
      @Override
      List<String> to(List<String> lines, Random random) {
        return lines.subList(0, random.nextInt(lines.size()));
      }
    },
    Beheaded {
      @Override
      List<String> to(List<String> lines, Random random) {
        return lines.subList(1 + random.nextInt(lines.size() - 1), lines.size());
      }
    },
    Forged {
      @Override
      List<String> to(List<String> lines, Random random) {
        var at = 2 + random.nextInt(lines.size() - 2);
        Map<String, Object> event = new HashMap<>(Digest.read(lines.get(at)));
        event.put("subject", "shop/leases/" + random.nextInt());
        lines.set(at, Canonical.of(event));
        return VerifierTest.rechained(lines);
      }
    },
    DroppedAndForged {
      @Override
      List<String> to(List<String> lines, Random random) {
        lines.remove(random.nextInt(lines.size()));
        return VerifierTest.rechained(lines);
      }
    };

    abstract List<String> to(List<String> lines, Random random);
  }

  @Test
  void anyDamageIsFound() throws IOException {
    var trail = new TestTrail(folder);
    trail.run("broker-a", 17);
    var whole = List.copyOf(TestTrail.lines(trail.file()));
    var found = new HashMap<Damage, Integer>();
    for (var seed = 0; seed < TRIALS; seed++) {
      var random = new Random(seed);
      var damage = Damage.values()[seed % Damage.values().length];
      var damaged = damage.to(new ArrayList<>(whole), random);
      // Such as a byte changed into itself.
      if (damaged.equals(whole)) {
        continue;
      }
      Files.write(
          trail.file(), (String.join("\n", damaged) + "\n").getBytes(StandardCharsets.ISO_8859_1));

      var report = trail.verify();

      assertThat(report.whole()).as("seed %d: %s", seed, damage).isFalse();
      found.merge(damage, 1, Integer::sum);
    }
    assertThat(found).containsOnlyKeys(Damage.values());
    assertThat(found.values()).allMatch(times -> times > 150);
  }

  /** Two chains over many files, of writers that know of each other. */
  @Test
  void damageToAnyOfManyFilesIsFound() throws IOException {
    var trail = new TestTrail(folder);
    trail.run("broker-a", 12, 2000);
    trail.run("broker-b", 12, 2000);
    var files = trail.files();
    assertThat(files).hasSizeGreaterThan(4);
    assertThat(trail.verify().whole()).isTrue();
    for (var seed = 0; seed < TRIALS / 4; seed++) {
      var random = new Random(seed);
      var file = files.get(random.nextInt(files.size()));
      var whole = List.copyOf(TestTrail.lines(file));
      var done = damage(file, new ArrayList<>(whole), random);

      assertThat(trail.verify().whole())
          .as("seed %d: %s %s", seed, file.getFileName(), done)
          .isEqualTo(done.isEmpty());

      TestTrail.write(file, whole);
    }
  }

  /** What was done to a file; empty where that left it as it was. */
  private static String damage(Path file, List<String> lines, Random random) throws IOException {
    if (random.nextInt(4) == 0) {
      Files.delete(file);
      return "is gone";
    }
    var kinds = List.of(Damage.ByteChanged, Damage.Dropped, Damage.Duplicated, Damage.Truncated);
    var kind = kinds.get(random.nextInt(kinds.size()));
    var whole = List.copyOf(lines);
    var damaged = kind.to(lines, random);
    Files.write(file, String.join("\n", damaged).getBytes(StandardCharsets.ISO_8859_1));
    return damaged.equals(whole) ? "" : kind.name();
  }
}
