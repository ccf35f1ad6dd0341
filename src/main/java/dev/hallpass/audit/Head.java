package dev.hallpass.audit;

/**
 * How far a chain had got, signed. Published, so that others know it who do not hold the chain.
 *
 * @param writer the process
 * @param chain the chain's id
 * @param upTo the number of the last record it covers; the checkpoint's own is the next
 * @param hash the hash of that record
 * @param closed whether the chain ends with this checkpoint
 * @param time when it was signed
 * @param seen SHA-256 of the checkpoint's list of other chains in canonical form
 * @param key the id of the key that signed
 * @param signature Ed25519 over {@link #statement}, in base64
 */
public record Head(
    String writer,
    String chain,
    long upTo,
    String hash,
    boolean closed,
    String time,
    String seen,
    String key,
    String signature) {

  /** What is signed; no other use of the key begins so. */
  private static final String PURPOSE = "hallpass-audit-checkpoint-v1\n";

  /** What another chain's checkpoint remembers of this one. */
  record Seen(String chain, long upTo, String hash, boolean closed) {}

  /**
   * The one that was written by {@link #text}.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static Head of(String text) {
    return Digest.as(Digest.read(text), Head.class);
  }

  /** In JSON. */
  public String text() {
    return Canonical.of(Digest.tree(this));
  }

  /** The signed text. */
  String statement() {
    var members = Digest.tree(this);
    members.remove("signature");
    return PURPOSE + Canonical.of(members);
  }

  Seen mention() {
    return new Seen(chain, upTo, hash, closed);
  }
}
