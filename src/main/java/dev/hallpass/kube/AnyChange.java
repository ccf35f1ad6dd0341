package dev.hallpass.kube;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/**
 * Does the same whatever an informer has seen.
 *
 * @param then run at each object that came, changed or went
 */
record AnyChange<T>(Runnable then) implements ResourceEventHandler<T> {

  @Override
  public void onAdd(T added) {
    then.run();
  }

  @Override
  public void onUpdate(T old, T updated) {
    then.run();
  }

  @Override
  public void onDelete(T deleted, boolean finalStateUnknown) {
    then.run();
  }
}
