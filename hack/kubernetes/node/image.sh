# shellcheck shell=bash
# The kind node image, built without a registry: root file system + binaries + preloaded images. Sourced by hack/cluster.

NODE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=rootfs.sh
source "$NODE/rootfs.sh"
# shellcheck source-path=SCRIPTDIR source=images.sh
source "$NODE/images.sh"

# built_node_image: the name of the image that these sources make.
built_node_image() {
  echo "hallpass/node:$(module_version k8s.io/kubernetes)-$(key_of "$NODE" "$(tools_key)" "$(basename "$(rootfs_dir)")")"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# build_node_image: it is in the engine afterwards.
build_node_image() {
  has_image "$(built_node_image)" || locked build-node-image build_node_image_locked
}

build_node_image_locked() {
  local bootstrap
  has_image "$(built_node_image)" && return
  # The network and the disk for one, the processors for the other.
  rootfs &
  bootstrap=$!
  tools
  wait "$bootstrap" || fail "the node's root file system was not built"
  timed "node image" assemble_node_image "$(rootfs_dir)" "$(tools_dir)"
}

# assemble_node_image ROOTFS TOOLS
assemble_node_image() {
  local root=$1 tools=$2 work upper
  work=$(fresh_folder node-image)
  upper=$work/upper
  mkdir "$upper" "$work/image"
  add_binaries "$upper" "$tools"
  add_settings "$upper" "$root" "$tools"
  write_node_images "$work/images.tar" "$root" "$tools"
  preload_images "$upper" "$root" "$work/images.tar"
  # SIGRTMIN+3 is how systemd is told to shut down.
  image_add "$work/image" "$(built_node_image)" \
    '{"Entrypoint": ["/usr/local/bin/entrypoint", "/sbin/init"], "Env": ["container=docker"], "StopSignal": "SIGRTMIN+3"}' \
    "$(image_layer "$root" "$work/image" --keep-owner --plain)" "$(image_layer "$upper" "$work/image" --plain)"
  image_archive "$work/image" - | docker load --quiet >/dev/null
  forget_older_node_images
  rm -rf --one-file-system "$work"
}

# Those of earlier sources, unless a cluster still runs them.
forget_older_node_images() {
  docker image ls --format '{{.Repository}}:{{.Tag}}' hallpass/node | grep -vxF "$(built_node_image)" |
    xargs -r docker image rm >/dev/null 2>&1 || true
}

add_binaries() {
  local upper=$1 tools=$2
  install -D -m 755 -t "$upper/usr/bin" "$tools"/{kube,kubeadm,kubectl}
  ln -s kube "$upper/usr/bin/kubelet"
}

add_settings() {
  local upper=$1 root=$2 tools=$3 containerd=etc/containerd/config.toml
  mkdir -p "$upper"/{kind/manifests,etc/cni/net.d,etc/containerd,etc/systemd/system/multi-user.target.wants}
  printf %s "$(module_version k8s.io/kubernetes)" >"$upper/kind/version"
  install -m 644 "$NODE/files/default-cni.yaml" "$NODE/files/default-storage.yaml" "$upper/kind/manifests/"
  install -m 644 "$NODE/files/cni.json" "$upper/etc/cni/hallpass.json"
  add_fence "$upper"

  sed -e "s#sandbox_image = .*#sandbox_image = \"$(kubeadm_image "$tools" pause)\"#" \
    -e 's/restrict_oom_score_adj = .*/restrict_oom_score_adj = true/' "$root/$containerd" >"$upper/$containerd"
  # containerd writes the network configuration itself, as soon as the kubelet has told it the node's pod range.
  cat >>"$upper/$containerd" <<'CNI'

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/opt/cni/bin"
  conf_dir = "/etc/cni/net.d"
  conf_template = "/etc/cni/hallpass.json"
CNI
}

# add_fence FOLDER: the service that keeps cluster addresses in the cluster, into a node's file system.
add_fence() {
  install -D -m 755 "$NODE/files/fence" "$1/usr/local/bin/fence"
  install -D -m 644 "$NODE/files/fence.service" "$1/etc/systemd/system/fence.service"
  mkdir -p "$1/etc/systemd/system/multi-user.target.wants"
  ln -s ../fence.service "$1/etc/systemd/system/multi-user.target.wants/fence.service"
}

# preload_images UPPER ROOTFS ARCHIVE: with the node's own containerd, in namespaces that end with it and leave no mount.
preload_images() {
  local upper=$1 root=$2 archive=$3
  mkdir -p "$upper/var/lib/containerd"
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --pid --fork --kill-child bash -ec '
    mount --bind "$1/var/lib/containerd" "$2/var/lib/containerd"
    mount -t tmpfs tmpfs "$2/tmp"
    touch "$2/tmp/images.tar"
    mount --bind "$3" "$2/tmp/images.tar"
    mount -t proc proc "$2/proc"
    mount --rbind /dev "$2/dev"
    exec chroot "$2" /bin/bash -s' preload "$upper" "$root" "$archive" <"$NODE/preload.sh"
}
