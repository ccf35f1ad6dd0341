/**
 * The custom resources of group {@code hallpass.dev}: thin classes over record specs and statuses.
 *
 * <p>The CRDs in {@code crds/} are generated from these types; {@code CrdDriftTest} compares them.
 */
@NullMarked
package dev.hallpass.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
