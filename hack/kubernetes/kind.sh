# shellcheck shell=bash
# The kind cluster: which node image, creating it, bringing it back. Sourced by hack/cluster.

CLUSTER=${HALLPASS_CLUSTER:-hallpass}
NODES=("$CLUSTER-control-plane" "$CLUSTER-worker" "$CLUSTER-worker2")

own_kubeconfig() { echo "$(cache_dir)/clusters/$CLUSTER/kubeconfig"; }

# The id of the control plane's container, written when the cluster was whole.
created_marker() { echo "$(cache_dir)/clusters/$CLUSTER/created"; }

# --- which node image ------------------------------------------------------------------------

# choose_node_image: sets NODE_IMAGE, which is in the engine afterwards: the one that kind publishes, where the engine
# can pull it; else one that is built here.
choose_node_image() {
  local published
  NODE_IMAGE=$(built_node_image)
  has_image "$NODE_IMAGE" && return
  published=$(published_node_image)
  if has_image "$published" || pull "$published"; then
    NODE_IMAGE=$published
  else
    build_node_image
  fi
}

# published_node_image: the one that this version of kind was tested with, by digest.
published_node_image() {
  sed -n 's/^const Image = "\(.*\)"/\1/p' "$(kind_module)/pkg/apis/config/defaults/image.go"
}

# pull IMAGE: false where the registry does not answer within 15 s, which is then remembered for a day.
pull() {
  local unreachable out puller first
  unreachable=$(cache_dir)/registry-unreachable
  [[ -z $(find "$unreachable" -mmin -1440 2>/dev/null) ]] || return 1
  step "asking the registry for $1"
  exec {out}< <(exec docker pull "$1" 2>/dev/null)
  puller=$!
  # The first line comes with the manifest, before anything large.
  if read -r -t 15 -u "$out" first && [[ -n $first ]]; then
    step "pulling it"
    cat <&"$out" >/dev/null
  fi
  kill "$puller" 2>/dev/null || true
  exec {out}<&-
  has_image "$1" && return
  step "it does not answer: the node image is built here"
  touch "$unreachable"
  return 1
}

# --- creating and healing --------------------------------------------------------------------

# up_kind: the cluster runs, all of it, whatever was there before.
up_kind() {
  if was_created; then
    clients
    wake_nodes
    await_cluster 120 && return
    step "cluster '$CLUSTER' does not come back: creating it anew"
  fi
  delete_kind
  choose_node_image
  clients
  create_kind
  await_cluster 300 || fail "the cluster did not become ready: see 'hack/cluster status'"
}

# was_created: a cluster that was whole once, whose nodes are all still there.
was_created() {
  local ids
  ids=$(docker inspect --format '{{.Id}}' "${NODES[@]}" 2>/dev/null) || return 1
  [[ ${ids%%$'\n'*} == "$(cat "$(created_marker)" 2>/dev/null)" ]]
}

# wake_nodes: after the engine or the machine was restarted, or a test has stopped or paused a node.
wake_nodes() {
  local node
  for node in "${NODES[@]}"; do
    case $(docker inspect --format '{{.State.Status}}' "$node") in
      running) ;;
      paused) step "continuing $node" && docker unpause "$node" >/dev/null ;;
      *) step "starting $node" && docker start "$node" >/dev/null ;;
    esac
  done
}

create_kind() {
  local log
  mkdir -p "$(dirname "$(own_kubeconfig)")"
  log=$(dirname "$(own_kubeconfig)")/create.log
  timed "creating the cluster '$CLUSTER' from $NODE_IMAGE" kind_create "$log" ||
    fail "kind create failed: $(tail -n 20 "$log")"
  fence_pulled_nodes
  provide_userland
  docker inspect --format '{{.Id}}' "${NODES[0]}" >"$(created_marker)"
}

kind_create() {
  kind create cluster --name "$CLUSTER" --image "$NODE_IMAGE" --config "$KUBERNETES/cluster.yaml" \
    --kubeconfig "$(own_kubeconfig)" --wait 0s >"$1" 2>&1
}

# The published node image has no fence, see node/files/fence.
fence_pulled_nodes() {
  local node files
  [[ $NODE_IMAGE == "$(built_node_image)" ]] && return
  files=$(mktemp -d)
  add_fence "$files"
  for node in "${NODES[@]}"; do
    tar -C "$files" --owner=0 --group=0 -cf - usr etc | docker cp - "$node:/"
    docker exec "$node" sh -c 'systemctl daemon-reload && systemctl start fence'
  done
  rm -r "$files"
}

# A pulled node image has no userland image either; where that one could be pulled, so can busybox.
provide_userland() {
  local archive
  [[ $NODE_IMAGE == "$(built_node_image)" ]] && return
  docker pull --quiet docker.io/library/busybox:1.36 >/dev/null
  docker tag docker.io/library/busybox:1.36 "$USERLAND_IMAGE"
  archive=$(mktemp)
  docker save --output "$archive" "$USERLAND_IMAGE"
  load_image "$archive" "${NODES[@]}"
  rm "$archive"
}

# load_image ARCHIVE NODE...: into the container stores of these nodes.
load_image() {
  local archive=$1 node load loads=()
  shift
  for node in "$@"; do
    docker exec -i "$node" ctr --namespace k8s.io images import --all-platforms --snapshotter overlayfs - <"$archive" >/dev/null &
    loads+=($!)
  done
  for load in "${loads[@]}"; do
    wait "$load" || fail "a node did not take $archive"
  done
}

# With Docker alone: it works where kind is not built yet, and is all that 'kind delete' does.
delete_kind() {
  local containers
  rm -rf "$(dirname "$(own_kubeconfig)")"
  mapfile -t containers < <(docker ps --all --quiet --filter "label=io.x-k8s.kind.cluster=$CLUSTER")
  ((${#containers[@]})) || return 0
  timed "deleting the cluster '$CLUSTER'" docker rm --force --volumes "${containers[@]}" >/dev/null
}

# --- waiting ---------------------------------------------------------------------------------

# await_cluster SECONDS: nodes and system pods are ready, by reports that are younger than the start of the node they are on.
await_cluster() {
  local deadline=$((SECONDS + $1)) what='' told=''
  ensure_kubeconfig
  until what=$(not_ready) && [[ -z $what ]]; do
    [[ -n $told ]] || step "waiting for nodes and system pods"
    told=yes
    if ((SECONDS > deadline)); then
      step "not ready after $1 s: ${what:-the API server}"
      inotify_hint
      return 1
    fi
    sleep 0.5
  done
  step "all nodes and system pods are ready"
}

# inotify_hint: each kubelet needs some of what all containers of a machine share; with too few it does not start.
inotify_hint() {
  local instances
  instances=$(</proc/sys/fs/inotify/max_user_instances)
  ((instances >= 512)) ||
    step "fs.inotify.max_user_instances is $instances, enough for two clusters: 'sysctl fs.inotify.max_user_instances=512' allows more"
}

ensure_kubeconfig() {
  local file
  file=$(own_kubeconfig)
  [[ -s $file ]] && return
  kind get kubeconfig --name "$CLUSTER" >"$file.partial"
  mv "$file.partial" "$file"
}

# not_ready: the names of nodes and system pods that are not; false where nobody answers.
not_ready() {
  local starts reports
  starts=$(docker inspect --format '{"key": "{{slice .Name 1}}", "value": "{{.State.StartedAt}}"}' "${NODES[@]}" | jq -cs from_entries)
  reports=$(kubectl --kubeconfig "$(own_kubeconfig)" --request-timeout 5s --namespace kube-system \
    get nodes,pods,daemonsets,deployments --output json 2>/dev/null) || return 1
  jq -r --argjson starts "$starts" -f "$KUBERNETES/not-ready.jq" <<<"$reports"
}

# --- binaries out of a pulled node image -----------------------------------------------------

extracted_dir() { echo "$(cache_dir)/extracted-$(key_of "$(published_node_image)")"; }

runs_published_image() {
  have docker && was_created &&
    [[ $(docker inspect --format '{{.Config.Image}}' "${NODES[0]}") == kindest/node:* ]]
}

# extract_tools FOLDER: what 9 minutes of compiling would make, from the running control plane.
extract_tools() {
  local bin=$1 name
  clients
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet etcd; do
    # shellcheck disable=SC2016 # for the shell on the node
    docker exec "${NODES[0]}" sh -c 'cat "/proc/$(pidof -s "$1")/exe"' sh "$name" >"$bin/$name"
    chmod 755 "$bin/$name"
  done
  for name in kind kubectl helm; do
    ln -s "$(command -v "$name")" "$bin/$name"
  done
}
