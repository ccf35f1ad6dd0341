#!/bin/bash
# What tests on this cluster rely on, checked with real pods. Called by 'hack/cluster verify', with KUBECONFIG set.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../lib.sh
source "$HERE/../../lib.sh"
NAMESPACE=hallpass-verify
FAILED=0

main() {
  deploy
  list_pods
  each_pod "reaches every other pod at its address" reaches_every_pod
  each_pod "is seen under its own address" is_seen_as_itself
  each_pod "reaches a Service with several pods, by name" reaches_service
  each_pod "resolves the API server's name" resolves_api_server
  each_pod "is refused at once where no pod is" is_refused "$NOBODYS_POD"
  each_pod "is refused at once where no Service is" is_refused "$NOBODYS_SERVICE"
  check "a Job with a sidecar completes" kubectl_ wait --for=condition=Complete job/sidecar --timeout=60s
  check "its container had reached the sidecar" logs_say job/sidecar main from-sidecar
  kubectl delete namespace "$NAMESPACE" --wait=false >/dev/null
  ((FAILED == 0)) || fail "$FAILED checks failed"
  step "all checks passed"
}

# In the ranges of cluster.yaml, at their far ends.
NOBODYS_POD=10.244.255.254
NOBODYS_SERVICE=10.96.255.254

kubectl_() { kubectl --namespace "$NAMESPACE" "$@"; }

in_pod() {
  local pod=$1
  shift
  kubectl_ exec "$pod" --container web -- "$@"
}

deploy() {
  kubectl delete namespace "$NAMESPACE" --ignore-not-found --timeout=60s >/dev/null
  kubectl create namespace "$NAMESPACE" >/dev/null
  kubectl_ apply --filename "$HERE/workloads.yaml" >/dev/null
  timed "starting a pod on each node" kubectl_ rollout status daemonset/web --timeout=90s >/dev/null
}

list_pods() {
  local name address
  PODS=() ADDRESSES=()
  while read -r name address; do
    PODS+=("$name") ADDRESSES+=("$address")
  done < <(kubectl_ get pods --selector app=web \
    --output 'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\n"}{end}')
}

# check WHAT COMMAND...
check() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    step "ok    $what"
  else
    step "FAIL  $what: $(tail -n 3 <<<"$output")"
    FAILED=$((FAILED + 1))
  fi
}

# each_pod WHAT COMMAND ARGUMENT...: COMMAND gets the pod's name and address before its arguments.
each_pod() {
  local what=$1 command=$2 i
  shift 2
  for i in "${!PODS[@]}"; do
    check "${PODS[i]} $what" "$command" "${PODS[i]}" "${ADDRESSES[i]}" "$@"
  done
}

reaches_every_pod() {
  local address
  for address in "${ADDRESSES[@]}"; do
    in_pod "$1" timeout 5 wget -qO- "http://$address:8080/" || return 1
  done
}

is_seen_as_itself() {
  local pod=$1 own=$2 address seen
  for address in "${ADDRESSES[@]}"; do
    [[ $address == "$own" ]] && continue
    seen=$(in_pod "$pod" timeout 5 wget -qO- "http://$address:8080/cgi-bin/caller")
    echo "seen as $seen"
    # Some servers write IPv4 addresses as IPv6.
    [[ $seen == *"$own"* ]] || return 1
  done
}

# Often enough that each of the pods behind it is met.
reaches_service() {
  in_pod "$1" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do timeout 5 wget -qO- http://web/ || exit 1; done'
}

resolves_api_server() {
  in_pod "$1" nslookup kubernetes.default.svc.cluster.local
}

# Refused, that is: neither an answer nor a time-out.
is_refused() {
  local pod=$1 address=$3 output
  if output=$(in_pod "$pod" timeout 5 wget -O- "http://$address/" 2>&1); then
    echo "somebody answered"
    return 1
  fi
  echo "$output"
  grep -q "can't connect to remote host" <<<"$output"
}

logs_say() {
  kubectl_ logs "$1" --container "$2" | grep -q "$3"
}

main
