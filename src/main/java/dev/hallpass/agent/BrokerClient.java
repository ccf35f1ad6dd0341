package dev.hallpass.agent;

import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.MalformedMessageException;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The broker's calls. Each reads the token anew, because kubelet replaces it. */
final class BrokerClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final long MAX_TOKEN = 64 * 1024;

  private final URI broker;
  private final Path tokenFile;
  private final TrustBundle trust;

  /** By what the keys are made of those credentials that are certificates. */
  private final Map<CredentialName, String> keyAlgorithms = new HashMap<>();

  BrokerClient(URI broker, Path tokenFile, TrustBundle trust) {
    this.broker = broker;
    this.tokenFile = tokenFile;
    this.trust = trust;
  }

  /**
   * Asks for secret material; what it replaces stays usable meanwhile. Of a certificate the key is
   * made here, a fresh one each time, and is in the files of the answer.
   */
  IssueAnswer issue(CredentialName name, @Nullable LeaseCall replaces) throws CallException {
    try {
      return issue(name, replaces, keyAlgorithms.get(name));
    } catch (CallException e) {
      var wanted = e.keyAlgorithm();
      if (wanted == null || wanted.equals(keyAlgorithms.put(name, wanted))) {
        throw e;
      }
      return issue(name, replaces, wanted);
    }
  }

  private IssueAnswer issue(
      CredentialName name, @Nullable LeaseCall replaces, @Nullable String keyAlgorithm)
      throws CallException {
    try {
      var key = keyAlgorithm == null ? null : PodKey.generate(keyAlgorithm);
      var asked =
          new IssueRequest(
              name.request(), name.credential(), replaces, key == null ? null : key.request());
      var answer = Codec.issueAnswer(call("/v1/credentials", Codec.encode(asked)));
      trust.follow(answer.trustBundle());
      return key == null ? answer : answer.with(key.complete(answer.files()));
    } catch (MalformedMessageException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  /** Says that the files are written; the credential works once this returns. */
  LeaseAnswer acknowledge(LeaseCall call) throws CallException {
    return lease("/v1/leases/acknowledge", call);
  }

  /** Asks for a later expiry. */
  LeaseAnswer renew(LeaseCall call) throws CallException {
    return lease("/v1/leases/renew", call);
  }

  /** Asks whether the lease still stands, and changes nothing. */
  void check(LeaseCall call) throws CallException {
    call("/v1/leases/check", Codec.encode(call));
  }

  private LeaseAnswer lease(String path, LeaseCall call) throws CallException {
    var body = call(path, Codec.encode(call));
    try {
      var answer = Codec.leaseAnswer(body);
      trust.follow(answer.trustBundle());
      return answer;
    } catch (MalformedMessageException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  private byte[] call(String path, byte[] body) throws CallException {
    var token = token();
    HttpsPost.Answer answer;
    try {
      answer =
          new HttpsPost(trust.sockets(), CONNECT_TIMEOUT, TIMEOUT).send(broker, path, token, body);
    } catch (IOException e) {
      throw new CallException(Reason.BrokerUnreachable, said(e), e);
    }
    if (answer.status() != OK) {
      throw refusal(answer);
    }
    return answer.body();
  }

  private static CallException refusal(HttpsPost.Answer answer) {
    try {
      var problem = Codec.problem(answer.body());
      return new CallException(problem.reason(), problem.detail(), problem.keyAlgorithm());
    } catch (MalformedMessageException e) {
      return new CallException(
          Reason.InternalError, "the broker answered with HTTP status " + answer.status(), e);
    }
  }

  private static CallException malformed(RuntimeException e) {
    return new CallException(
        Reason.InternalError, "the broker's answer is malformed: " + e.getMessage(), e);
  }

  private String token() throws CallException {
    try {
      if (Files.size(tokenFile) > MAX_TOKEN) {
        throw new CallException(Reason.TokenInvalid, tokenFile + " is too long for a token");
      }
      var token = Files.readString(tokenFile, StandardCharsets.ISO_8859_1).strip();
      for (var i = 0; i < token.length(); i++) {
        // Otherwise the token could add headers of its own.
        if (token.charAt(i) <= ' ' || token.charAt(i) >= 0x7f) {
          throw new CallException(Reason.TokenInvalid, tokenFile + " holds no token");
        }
      }
      return token;
    } catch (IOException e) {
      throw new CallException(Reason.TokenMissing, tokenFile + " cannot be read: " + said(e), e);
    }
  }

  private static String said(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
