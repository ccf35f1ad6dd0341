package dev.hallpass.provider;

import dev.hallpass.api.v1alpha1.Delivery;
import java.util.Set;

/**
 * What a provider's target can deliver.
 *
 * @param formats the file formats its credentials can be written in
 * @param fields what templates can name
 * @param renewal how its credentials stay valid
 */
public record Offer(Set<Delivery.Format> formats, Fields fields, Renewal renewal) {}
