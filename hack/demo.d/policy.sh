# shellcheck shell=bash
# The chapter on policy of hack/demo: a policy asks people, somebody approves, and an incident cannot wait. Sourced by it.

# tell_policy: leaves the shop as it was before, without the policies and people of the samples.
tell_policy() {
  shop get deployment/orders >/dev/null 2>&1 || fail "the chapter needs the shop: run 'hack/demo' first"
  PREFIX=$PWD/target/demo "$HACK/install-cli" >/dev/null
  PATH=$PWD/target/demo/bin:$PATH
  trap forget_policy EXIT
  forget_policy
  tell_waiting
  tell_approval
  tell_break_glass
  tell_policy_again
}

tell_waiting() {
  chapter "1. The security team has a say: in the shop, people approve"
  show cat config/samples/approvals/policy.yaml
  apply config/samples/approvals/policy.yaml
  apply config/samples/approvals/approvers.yaml
  # One from before an upgrade does not say yet who wrote it.
  kubectl replace --filename config/samples/shop/request.yaml >/dev/null
  kubectl wait credentialpolicy/shop-needs-approval --for condition=Ready --timeout 30s >/dev/null
  shop scale deployment/orders --replicas 0 >/dev/null
  shop wait pod --selector app=orders --for delete --timeout 1m >/dev/null
  shop scale deployment/orders --replicas 1 >/dev/null
  WAITING=$(await_lease AwaitingApproval)
  say "a new pod of the shop waits, with nothing made at the database:"
  show kubectl -n shop get pods,clease
  # It ends with 1 where something is to be done.
  show kubectl hallpass explain "pod/$(order_pods)" -n shop || true
}

tell_approval() {
  local read_uid
  chapter "2. Nobody approves what they asked for"
  say "this cluster's administrator applied the request, and now says yes to it:"
  read_uid=$(shop get credentiallease "$WAITING" --output 'jsonpath={.metadata.uid}')
  refused kubectl hallpass approve "$WAITING" --uid "$read_uid" -n shop
  chapter "3. Ada is an approver"
  show kubectl hallpass approve "$WAITING" --uid "$read_uid" -n shop --as ada --as-group approvers
  shop rollout status deployment/orders --timeout 1m >/dev/null
  show kubectl -n shop get cappr
  show kubectl -n shop logs "$(order_pods)" -c orders --tail 1
}

tell_break_glass() {
  chapter "4. An incident, and no approver answers"
  shop delete "$(pod_of_orders)" >/dev/null
  await_lease AwaitingApproval >/dev/null
  apply config/samples/break-glass/people.yaml
  show cat config/samples/break-glass/break-glass.yaml
  show kubectl create --as bob --as-group on-call -f config/samples/break-glass/break-glass.yaml
  # The pods ask again within a minute; to be quicker:
  shop delete "$(pod_of_orders)" >/dev/null
  shop rollout status deployment/orders --timeout 2m >/dev/null
  say "the shop works, and everybody can see why:"
  show kubectl hallpass status -n shop || true
  show kubectl -n shop get bglass
  say "bob is done, and ends it; what it gave ends with it:"
  shop delete breakglass/inc-4711 --wait=false --as bob --as-group on-call >/dev/null
  await_ending BreakGlassEnded
  show kubectl -n shop get clease -o wide
  say "it stays until somebody else has reviewed it. Bob may not:"
  printf '%s\n' 'spec:' '  review: {outcome: FollowUp, comment: the rota needs a second approver}' >target/demo/review.yaml
  refused kubectl -n shop patch bglass inc-4711 --type merge --patch-file target/demo/review.yaml --as bob --as-group security
  show kubectl -n shop patch bglass inc-4711 --type merge --patch-file target/demo/review.yaml --as eve --as-group security
  shop wait breakglass/inc-4711 --for delete --timeout 20s >/dev/null
  say "now it is gone; the audit trail keeps who opened it, why, and what became of it"
}

tell_policy_again() {
  chapter "Yours to try"
  cat <<TRY
  export KUBECONFIG=$KUBECONFIG PATH=$PWD/target/demo/bin:$(dirname "$(command -v kubectl)"):\$PATH
  kubectl hallpass doctor                       # is the installation whole?
  kubectl hallpass tree -n shop                 # request, pods, leases
  kubectl hallpass policy test -f config/policies/change-freeze.yaml -f config/policies/cases/change-freeze.yaml
  kubectl apply -f config/policies/writers-in-working-hours.yaml && kubectl get cpol
  hack/install-cli                              # the plugin for good: here it is in target/demo
TRY
}

# refused COMMAND...: shows that it fails.
refused() {
  printf '\n  %s$ %s%s\n' "$BLUE" "$*" "$PLAIN"
  if "$@" >target/demo/refusal 2>&1; then fail "this was to be refused: $*"; fi
  indent <target/demo/refusal
}

pod_of_orders() { echo "pod/$(order_pods | tail -n 1)"; }

# await_lease PHASE: prints the name of a lease in that phase of a pod that is there.
await_lease() {
  local deadline=$((SECONDS + 60)) name
  while ((SECONDS < deadline)); do
    name=$(lease_in "$1" "$(order_pods | tail -n 1)")
    [[ -z $name ]] || { echo "$name" && return; }
    sleep 0.5
  done
  fail "no lease is $1: kubectl -n shop get clease"
}

# lease_in PHASE POD
lease_in() {
  shop get credentialleases --output json |
    jq -r --arg phase "$1" --arg pod "$2" '.items[] | select(.status.phase == $phase and .spec.pod.name == $pod) | .metadata.name'
}

# await_ending ENDED-BY: some lease ended so.
await_ending() {
  local deadline=$((SECONDS + 60))
  until shop get credentialleases --output json | jq -e --arg by "$1" 'any(.items[]; .status.endedBy == $by)' >/dev/null; do
    ((SECONDS < deadline)) || fail "no lease ended by $1: kubectl -n shop get clease"
    sleep 0.5
  done
}

# forget_policy: what the chapter has applied; a break-glass that nobody reviewed is ours to let go.
forget_policy() {
  local file
  kubectl delete credentialpolicy shop-needs-approval --ignore-not-found >/dev/null
  shop delete breakglass inc-4711 --ignore-not-found --wait=false >/dev/null
  # It is gone already where there was none, or it was reviewed.
  shop patch breakglass inc-4711 --type merge --patch '{"metadata": {"finalizers": null}}' >/dev/null 2>&1 || true
  for file in config/samples/approvals/approvers.yaml config/samples/break-glass/people.yaml; do
    kubectl delete --filename "$file" --ignore-not-found >/dev/null
  done
}
