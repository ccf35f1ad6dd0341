package dev.hallpass.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the API server showed of a kind to this user.
 *
 * @param items what there is; empty where nothing may be seen
 * @param obstacle why nothing may be seen
 */
record Reading<T>(List<T> items, Optional<String> obstacle) {

  /** Reads one object, which may not be there. */
  static <T> Reading<T> one(Supplier<@Nullable T> call) {
    return of(() -> Optional.ofNullable(call.get()).stream().toList());
  }

  /** Whether it was looked for, and is not there. */
  boolean absent() {
    return obstacle.isEmpty() && items.isEmpty();
  }

  /** Reads; whoever may not, sees nothing, and is told so. */
  static <T> Reading<T> of(Supplier<List<T>> call) {
    try {
      return new Reading<>(call.get(), Optional.empty());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return new Reading<>(List.of(), Optional.of(ApiErrors.line(e)));
      }
      throw e;
    }
  }
}
