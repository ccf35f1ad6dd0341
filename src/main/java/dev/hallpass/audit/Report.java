package dev.hallpass.audit;

import java.util.List;
import java.util.Optional;

/**
 * What a verification found.
 *
 * @param flaws what is wrong, in the order of files and lines
 * @param chains the chains of the files
 */
public record Report(List<Flaw> flaws, List<ChainState> chains) {

  /**
   * A chain as far as the files have it.
   *
   * @param writer the process
   * @param chain its id
   * @param records how many
   * @param vouched how many of them a checkpoint covers; what follows could have been cut or
   *     changed unseen
   * @param closed whether its end is there; if not, its writer still runs, or was killed
   */
  public record ChainState(
      String writer, String chain, long records, long vouched, boolean closed) {}

  /** Whether nothing is wrong. */
  public boolean whole() {
    return flaws.isEmpty();
  }

  /** The first bad record. */
  public Optional<Flaw> first() {
    return flaws.stream().findFirst();
  }
}
