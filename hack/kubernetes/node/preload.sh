#!/bin/bash
# Runs inside the node's root file system: puts the images of the archive /tmp/images.tar into its container store, content
# and names only. They are unpacked on the node when first used.
set -euo pipefail
state=$(mktemp -d)
cat >"$state/config.toml" <<CONFIG
version = 2
root = "/var/lib/containerd"
state = "$state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.native", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "$state/socket"
[ttrpc]
  address = "$state/ttrpc"
CONFIG
containerd --config "$state/config.toml" >"$state/log" 2>&1 &
store() { ctr --address "$state/socket" --namespace k8s.io "$@"; }
for ((i = 0; i < 100; i++)); do
  store version >/dev/null 2>&1 && break
  sleep 0.1
done
store images import --all-platforms --no-unpack /tmp/images.tar >/dev/null || { cat "$state/log" >&2; exit 1; }
kill %1
wait || true
rm -rf "$state"
