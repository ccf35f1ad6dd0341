# shellcheck shell=bash
# The node's operating system: Debian packages, and kind's own base files on top. Sourced by node/image.sh.

NODE_SUITE=bookworm
# busybox is there for the userland image, see images.sh.
NODE_PACKAGES=systemd,systemd-sysv,dbus,conntrack,iptables,nftables,iproute2,ethtool,util-linux,mount,kmod,libseccomp2
NODE_PACKAGES+=,ca-certificates,jq,procps,containerd,runc,containernetworking-plugins,socat,ebtables,rsync,busybox

rootfs_dir() {
  echo "$(cache_dir)/node-rootfs-$(key_of "$NODE/rootfs.sh" "$(module_version sigs.k8s.io/kind)" "$(image_architecture)")"
}

rootfs() {
  built_once "$(rootfs_dir)" build_rootfs
}

build_rootfs() {
  on_debian_as_root || fail "no kindest/node image can be pulled, and building one needs root on Debian or Ubuntu"
  need debootstrap
  timed "node root file system (debootstrap)" bootstrap "$1"
  add_kind_files "$1" "$(kind_module)/images/base/files"
  settle_services "$1"
  write_container_spec "$1"
  remove_ballast "$1"
}

bootstrap() {
  local root=$1 packages log mirror=()
  packages=$(cache_dir)/debian-packages
  log=$(cache_dir)/debootstrap.log
  mkdir -p "$packages"
  mapfile -t mirror < <(debian_mirror)
  # In a mount namespace of its own: cut off in the middle, it leaves none of its mounts behind.
  unshare --mount debootstrap --variant=minbase --cache-dir="$packages" --include="$NODE_PACKAGES" "$NODE_SUITE" "$root" "${mirror[@]}" \
    >"$log" 2>&1 || fail "debootstrap failed: $(tail -n 5 "$log")"
}

# The mirror that this machine's own apt uses, if it is a Debian one; else debootstrap's default.
debian_mirror() {
  # shellcheck disable=SC2016 # apt's own variables
  apt-get indextargets --no-release-info --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n "s/^$NODE_SUITE //p" | head -n 1
}

# As in the Dockerfile of kind's base image, but for the programs that Debian has packaged.
add_kind_files() {
  local root=$1 files=$2 program
  install -D -m 755 -t "$root/usr/local/bin" "$files"/usr/local/bin/*
  install -D -m 755 -t "$root/kind/bin" "$files"/kind/bin/*
  (cd "$files/etc" && find . -type f -exec install -D -m 644 {} "$root/etc/{}" \;)
  install -D -m 755 -t "$root/opt/cni/bin" "$root"/usr/lib/cni/{ptp,host-local,loopback,portmap}
  for program in containerd containerd-shim-runc-v2 ctr; do
    ln -sf "/usr/bin/$program" "$root/usr/local/bin/$program"
  done
  ln -sf /usr/sbin/runc "$root/usr/local/sbin/runc"
  mkdir -p "$root"/etc/kubernetes/manifests "$root"/kind/manifests "$root"/LICENSES "$root"/lib/modules "$root"/var/lib/containerd
}

# systemd in a container: nothing starts but what a node needs.
settle_services() {
  local root=$1
  rm -f "$root"/lib/systemd/system/{multi-user,local-fs,basic}.target.wants/* "$root"/etc/systemd/system/*.wants/* \
    "$root"/lib/systemd/system/sockets.target.wants/*{udev,initctl}* \
    "$root"/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
  echo ReadKMsg=no >>"$root/etc/systemd/journald.conf"
  chroot "$root" systemctl --quiet enable kubelet.service containerd.service undo-mount-hacks.service
  # It registers with the kernel, which is the host's.
  chroot "$root" systemctl --quiet mask systemd-binfmt.service
  # Without CAP_SYS_RESOURCE neither can be had, and nothing here needs them.
  sed -i '/^Limit\(NPROC\|CORE\|NOFILE\)=/d; /^OOMScoreAdjust=/d' "$root/etc/systemd/system/containerd.service"
  # Empty: it would be the same on every node, and systemd copies it from D-Bus.
  : >"$root/etc/machine-id"
  ln -sf /etc/machine-id "$root/var/lib/dbus/machine-id"
}

write_container_spec() {
  local root=$1
  chroot "$root" ctr oci spec |
    jq 'del(.process.rlimits) | .hooks.createContainer += [{path: "/kind/bin/mount-product-files.sh"}]' \
      >"$root/etc/containerd/cri-base.json"
}

remove_ballast() {
  local root=$1
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,zsh}/* "$root"/usr/lib/cni \
    "$root"/usr/bin/{containerd-shim,containerd-shim-runc-v1,containerd-stress} "${root:?}"/{dev,run}/*
}
