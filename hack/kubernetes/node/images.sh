# shellcheck shell=bash
# The container images that a node brings along: the control plane's, under the names that kubeadm asks for, and a small
# userland for tests. Sourced by node/image.sh.

USERLAND_IMAGE=docker.io/hallpass/userland:1

# write_node_images ARCHIVE ROOTFS TOOLS
write_node_images() {
  local archive=$1 root=$2 tools=$3 work userland kube name
  work=$(fresh_folder node-containers)
  mkdir "$work"/{images,userland,kube,etcd,coredns,pause}

  fill_userland "$work/userland" "$root"
  install -D -m 755 -t "$work/kube/usr/local/bin" "$tools/kube"
  link_faces "$work/kube/usr/local/bin"
  install -D -m 755 -t "$work/etcd/usr/local/bin" "$tools/etcd"
  install -m 755 -t "$work/coredns" "$tools/coredns"
  install -m 755 -t "$work/pause" "$tools/pause"

  userland=$(image_layer "$work/userland" "$work/images")
  kube=$(image_layer "$work/kube" "$work/images")
  image_add "$work/images" "$USERLAND_IMAGE" '{"Entrypoint": ["/bin/sh"]}' "$userland"
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
    image_add "$work/images" "$(kubeadm_image "$tools" "$name")" "{\"Entrypoint\": [\"/usr/local/bin/$name\"]}" "$userland" "$kube"
  done
  image_add "$work/images" "$(kubeadm_image "$tools" etcd)" '{"Entrypoint": ["/usr/local/bin/etcd"]}' \
    "$(image_layer "$work/etcd" "$work/images")"
  image_add "$work/images" "$(kubeadm_image "$tools" coredns)" '{"Entrypoint": ["/coredns"]}' \
    "$(image_layer "$work/coredns" "$work/images")"
  image_add "$work/images" "$(kubeadm_image "$tools" pause)" '{"Entrypoint": ["/pause"]}' \
    "$(image_layer "$work/pause" "$work/images")"
  image_archive "$work/images" "$archive"
  rm -rf "$work"
}

# kubeadm_image TOOLS COMPONENT: the reference under which kubeadm expects it.
kubeadm_image() {
  "$1/kubeadm" config images list --kubernetes-version "$(module_version k8s.io/kubernetes)" | grep "/$2:"
}

# busybox, and what kube-proxy calls: iptables, nft, conntrack, ip. With their libraries and those of the xtables
# plugins, without which iptables drops rules silently as soon as a Service has two endpoints.
fill_userland() {
  local userland=$1 root=$2 directory applet
  local programs=(/usr/bin/busybox /usr/bin/ip /usr/sbin/xtables-nft-multi /usr/sbin/xtables-legacy-multi /usr/sbin/nft /usr/sbin/conntrack)
  mkdir -p "$userland"/{etc,root,run,var,proc,sys,dev,usr/bin,usr/sbin,usr/lib,usr/lib64} "$userland/tmp"
  chmod 1777 "$userland/tmp"
  for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$userland/$directory"; done
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$userland/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$userland/etc/group"

  with_libraries "$root" "${programs[@]}" | copy_out_of "$root" "$userland"
  for applet in {iptables,ip6tables}{,-save,-restore}; do
    ln -s xtables-nft-multi "$userland/usr/sbin/$applet"
  done
  chroot "$root" busybox --list | while read -r applet; do
    [[ -e $userland/usr/bin/$applet || -L $userland/usr/sbin/$applet || -e $userland/usr/sbin/$applet ]] ||
      ln -s busybox "$userland/usr/bin/$applet"
  done
}

# with_libraries ROOTFS PROGRAM...: the programs, the xtables plugins, and every library these load.
with_libraries() {
  local root=$1 plugins
  shift
  mapfile -t plugins < <(cd "$root" && find usr/lib -path '*/xtables/*.so' -printf '/%p\n')
  {
    printf '%s\n' "$@" "${plugins[@]}"
    chroot "$root" ldd "$@" "${plugins[@]}" 2>/dev/null | grep -o '[[:space:]]/[^ ]*' | tr -d '[:blank:]'
  } | sed 's#^/\(lib\|lib64\|bin\|sbin\)/#/usr/\1/#; s#^/##' | sort -u
}

# copy_out_of ROOTFS FOLDER: copies the files named on standard input. Inside the root file system's own view, because
# some of its links are absolute.
copy_out_of() {
  chroot "$1" tar -C / --dereference -cf - -T - | tar -C "$2" -xf -
}
