package dev.hallpass.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {

  @Test
  void everyMessageReadsBack() {
    var request = new IssueRequest("orders-db", "db");
    var call = new LeaseCall("orders-1", 7);
    var rotation = new IssueRequest("orders-db", "db", call, "csr");
    var problem = new Problem(403, Reason.NotSelected, "say \"why\"");
    var keyless = new Problem(409, Reason.KeyRequired, "a key is needed", "Ed25519");

    assertThat(Codec.issueRequest(Codec.encode(request))).isEqualTo(request);
    assertThat(Codec.leaseCall(Codec.encode(call))).isEqualTo(call);
    assertThat(Codec.issueRequest(Codec.encode(rotation))).isEqualTo(rotation);
    assertThat(Codec.problem(Codec.encode(problem))).isEqualTo(problem);
    assertThat(Codec.problem(Codec.encode(keyless))).isEqualTo(keyless);
  }

  @ParameterizedTest
  @EnumSource
  void everyWayToGoOnReadsBack(LeaseAnswer.Next next) {
    var lease = new LeaseAnswer("orders-1", Instant.parse("2026-01-01T00:00:00Z"), next, "pem\n");

    assertThat(Codec.leaseAnswer(Codec.encode(lease))).isEqualTo(lease);
  }

  /** Whatever text a file holds, the agent reads it back, and Jackson reads the same. */
  @Test
  void anyTextSurvivesAndIsJsonToOthersToo() throws IOException {
    var random = new Random(42);
    for (var round = 0; round < 500; round++) {
      var text = text(random);
      var encoded =
          Codec.encode(
              new IssueAnswer(
                  "l", round, List.of(new IssueAnswer.File("f", Secret.of(text))), "b"));

      assertThat(Codec.issueAnswer(encoded).files().getFirst().content().reveal()).isEqualTo(text);
      assertThat(new ObjectMapper().readTree(encoded).at("/files/0/content").asText())
          .isEqualTo(text);
    }
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (var i = random.nextInt(40); i > 0; i--) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> "\"\\/'\u007f\u2028".codePointAt(random.nextInt(6));
            case 2 -> 0x1F600 + random.nextInt(64);
            default -> 0x20 + random.nextInt(0x5f);
          });
    }
    return text.toString();
  }

  @Test
  void aFileHasAModeOrHasNone() {
    var files =
        List.of(
            new IssueAnswer.File("a", Secret.of("x"), "0400", IssueAnswer.Form.KeyFirst),
            new IssueAnswer.File("b", Secret.of("x")));

    var read = Codec.issueAnswer(Codec.encode(new IssueAnswer("l", 1, files, "b"))).files();

    assertThat(read).extracting(IssueAnswer.File::mode).containsExactly("0400", null);
  }

  @Test
  void unknownMembersAreIgnored() {
    var json =
        "{\"new\":{\"a\":[1,-0.5e+3,true,null,\"x\",{},9999999999999999999]},"
            + "\"lease\":\"l\",\"epoch\":1}";

    assertThat(Codec.leaseCall(bytes(json))).isEqualTo(new LeaseCall("l", 1));
  }

  @Test
  void aReasonOfALaterVersionIsReadAsUnexpected() {
    var json = "{\"status\":403,\"reason\":\"FromTheFuture\",\"detail\":\"d\"}";

    assertThat(Codec.problem(bytes(json)).reason()).isEqualTo(Reason.InternalError);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"lease\":\"l\"}",
        "{\"lease\":\"l\",\"epoch\":\"1\"}",
        "{\"lease\":\"l\",\"epoch\":1.5}",
        "{\"lease\":\"l\",\"epoch\":01}",
        "{\"lease\":\"l\",\"epoch\":9999999999999999999}",
        "{\"lease\":\"l\",\"epoch\":null}",
        "{\"lease\":\"l\",\"epoch\":-}",
        "{\"lease\":\"l\",\"epoch\":1.}",
        "{\"lease\":\"l\",\"epoch\":1e}",
        "{\"lease\":\"l\",\"epoch\":1,\"x\":null,\"x\":1}",
        "{\"lease\":\"\\u\uff10\uff10\uff14\uff11\",\"epoch\":1}",
        "{\"lease\":\"l\",\"epoch\":1,}",
        "{\"lease\":\"l\",\"lease\":\"m\",\"epoch\":1}",
        "{\"lease\":\"l\",\"epoch\":1} x",
        "{\"lease\":\"\\x\",\"epoch\":1}",
        "{\"lease\":\"\\u00g0\",\"epoch\":1}",
        "{\"lease\":\"a\nb\",\"epoch\":1}",
        "{\"lease\":\"l\",\"epoch\":1,\"x\":[[[[[[[[[[1]]]]]]]]]]}",
        "{'lease':'l','epoch':1}"
      })
  void whatIsMalformedIsRefused(String json) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> Codec.leaseCall(bytes(json)));
  }

  /**
   * Wherever a message is damaged, it is read as Jackson's strictest reading has it, or refused.
   */
  @Test
  void damagedMessagesAreReadAsJacksonReadsThemOrRefused() {
    var strict =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    var whole = "{\"lease\" : \"l\\n\\u0041\\\\\", \"epoch\":12, \"x\":[null,{\"y\":-1.5e3}]}";
    var random = new Random(42);
    var read = 0;
    for (var round = 0; round < 20_000; round++) {
      var damaged = new StringBuilder(whole);
      for (var i = random.nextInt(3); i >= 0; i--) {
        damaged.setCharAt(random.nextInt(damaged.length()), (char) (0x20 + random.nextInt(0x5f)));
      }
      var json = damaged.toString();
      try {
        var call = Codec.leaseCall(bytes(json));
        var tree = strict.readTree(json);
        assertThat(call.lease()).isEqualTo(tree.get("lease").textValue());
        assertThat(call.epoch()).isEqualTo(tree.get("epoch").longValue());
        read++;
      } catch (MalformedMessageException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (JsonProcessingException e) {
        throw new AssertionError("Jackson refuses what was read: " + json, e);
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void whatIsTooLongIsRefused() {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> Codec.leaseCall(new byte[Codec.MAX_BYTES + 1]));
  }

  @Test
  void anErrorQuotesNothingOfTheMessage() {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> Codec.issueAnswer(bytes("{\"lease\":\"hunter2\" \"hunter2\"}")))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> Codec.leaseCall(new byte[] {'{', (byte) 0xff, '}'}));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
