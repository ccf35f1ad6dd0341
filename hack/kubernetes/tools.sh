# shellcheck shell=bash
# The binaries: Kubernetes, etcd, CoreDNS, kind, kubectl and Helm, from the Go module in this folder.
# Sourced by hack/cluster.

KUBERNETES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# module_version MODULE: as pinned in go.mod.
module_version() {
  sed -n "s#^\(require\)\?[[:space:]]*$1 \(v[^ ]*\).*#\2#p" "$KUBERNETES/go.mod" | head -n 1
}

# tools_dir and clients_dir: every binary, and those that a cluster from a pulled node image needs.
tools_dir() { echo "$(cache_dir)/tools-$(tools_key)"; }
clients_dir() { echo "$(cache_dir)/clients-$(tools_key)"; }

tools_key() {
  key_of "$KUBERNETES"/{go.mod,go.sum,cmd} "$(image_architecture)"
}

# tools: builds every binary that is missing. 9 minutes of two cores the first time, nothing after.
tools() {
  built_once "$(tools_dir)" build_tools
}

# clients: builds kind, kubectl and Helm where they are missing, and puts them first in PATH.
clients() {
  local dir
  dir=$(tools_dir)
  if [[ ! -d $dir ]]; then
    dir=$(clients_dir)
    built_once "$dir" build_clients
  fi
  export PATH=$dir:$PATH
}

build_tools() {
  need_go "$KUBERNETES"
  timed "building Kubernetes $(module_version k8s.io/kubernetes), etcd, CoreDNS, kind and Helm (9 minutes when nothing is cached)" \
    compile "$1" ./cmd/... tool
  # Its package is named after the module's folder.
  mv "$1/server" "$1/etcd"
  link_faces "$1"
}

# link_faces FOLDER: one name for each component that the binary `kube` holds.
link_faces() {
  local name
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet; do
    ln -s kube "$1/$name"
  done
}

build_clients() {
  need_go "$KUBERNETES"
  timed "building kind, kubectl and Helm" compile "$1" sigs.k8s.io/kind k8s.io/kubernetes/cmd/kubectl helm.sh/helm/v3/cmd/helm
}

# compile FOLDER PACKAGE...: in one command, so that what they share compiles once; static, so that they run in any image.
compile() {
  local bin=$1 version major minor stamp=k8s.io/component-base/version helm=helm.sh/helm/v3
  shift
  version=$(module_version k8s.io/kubernetes)
  IFS=. read -r major minor _ <<<"${version#v}"
  (cd "$KUBERNETES" && CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false \
    -ldflags "-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=$major -X $stamp.gitMinor=$minor \
      -X $helm/internal/version.version=$(module_version $helm) \
      -X $helm/pkg/chartutil.k8sVersionMajor=$major -X $helm/pkg/chartutil.k8sVersionMinor=$minor" -o "$bin/" "$@")
}

# kind_module: the folder of kind's sources, which hold the files of its own node image and that image's name.
kind_module() {
  need_go "$KUBERNETES"
  (cd "$KUBERNETES" && go mod download sigs.k8s.io/kind && go list -mod=readonly -m -f '{{.Dir}}' sigs.k8s.io/kind)
}
