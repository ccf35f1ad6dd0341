package dev.hallpass.bench;

import dev.hallpass.e2e.Scene;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How many reviews of pods there were, and how long all of them took, by somebody's meters.
 *
 * @param reviews how many
 * @param seconds in sum
 */
record ReviewTimes(double reviews, double seconds) {

  /** As the API server has it, which waits for the answer. */
  static ReviewTimes asked(KubernetesClient client) {
    return of(
        Stream.of(client.raw("/metrics")),
        "apiserver_admission_webhook_admission_duration_seconds",
        "name=\"pods.hallpass.dev\"");
  }

  /** As the brokers have it: from the body's arrival until the answer is on the way. */
  static ReviewTimes answered(KubernetesClient client) {
    return of(
        client
            .pods()
            .inNamespace(Scene.SYSTEM_NAMESPACE)
            .withLabel("app.kubernetes.io/component", "broker")
            .list()
            .getItems()
            .stream()
            .map(p -> p.getMetadata().getName())
            .map(
                broker ->
                    "/api/v1/namespaces/%s/pods/%s:9000/proxy/q/metrics"
                        .formatted(Scene.SYSTEM_NAMESPACE, broker))
            .map(client::raw),
        "hallpass_admission_seconds",
        "webhook=\"/mutate\"");
  }

  private static ReviewTimes of(Stream<String> pages, String meter, String label) {
    var lines = pages.flatMap(String::lines).filter(line -> line.contains(label)).toList();
    return new ReviewTimes(
        sum(lines.stream(), meter + "_count{"), sum(lines.stream(), meter + "_sum{"));
  }

  private static double sum(Stream<String> lines, String series) {
    return lines
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Those that came after these. */
  ReviewTimes since(ReviewTimes before) {
    return new ReviewTimes(reviews - before.reviews(), seconds - before.seconds());
  }

  /** What one took. */
  String mean() {
    return String.format(
        Locale.ROOT, "mean %.1f ms of %.0f reviews", 1000 * seconds / reviews, reviews);
  }
}
