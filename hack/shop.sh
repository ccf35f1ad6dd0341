# shellcheck shell=bash
# The shop of config/samples with its database of config/demo, handled from a shell. Sourced by hack/demo.

# demo_cluster: it is ours, also where a shell still has the kubeconfig that the demo told it to take.
demo_cluster() { [[ -z ${KUBECONFIG:-} || $KUBECONFIG == "$(env --unset=KUBECONFIG "$HACK/cluster" kubeconfig)" ]]; }

# connect: kubectl speaks to the cluster that the user gave, or to ours.
connect() {
  if [[ -z ${KUBECONFIG:-} ]]; then
    KUBECONFIG=$("$HACK/cluster" kubeconfig)
    export KUBECONFIG
  fi
  if demo_cluster || ! have kubectl; then
    PATH=$("$HACK/cluster" bin):$PATH
    export PATH
  fi
}

shop() { kubectl --namespace shop "$@"; }

# apply FILE...: quietly.
apply() { kubectl apply --filename "$1" >/dev/null; }

# own_namespace NAME FILE: makes it, marked as the demo's to delete. One that somebody else has made is left alone.
own_namespace() {
  local mark
  mark=$(kubectl get namespace "$1" --ignore-not-found --output 'jsonpath={.metadata.name}={.metadata.labels.hallpass\.dev/demo}')
  [[ $mark != "$1=" ]] ||
    fail "the namespace $1 is there, and not the demo's; to let the demo use and delete it: kubectl label namespace $1 hallpass.dev/demo=true"
  apply "$2"
  kubectl label namespace "$1" hallpass.dev/demo=true --overwrite >/dev/null
}

# open_database: PostgreSQL runs, has the table of the orders, and Hallpass's administrator can log in.
open_database() {
  local password
  own_namespace databases config/demo/postgres/namespace.yaml
  own_namespace shop config/samples/shop/namespace.yaml
  secret databases postgres >/dev/null
  apply config/demo/postgres/postgres.yaml
  kubectl --namespace databases rollout status deployment/postgres --timeout 2m >/dev/null
  superuser postgres <<<"SELECT 'CREATE DATABASE shop' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shop') \\gexec"
  password=$(secret shop orders-postgres-admin hallpass_admin)
  # On standard input, so that it shows in no list of processes.
  { printf "\\\\set password '%s'\n" "$password" && cat config/demo/postgres/roles.sql; } | superuser shop
}

# secret NAMESPACE NAME [USERNAME]: makes the Secret with a password that nobody has seen, if it is missing; prints the password.
secret() {
  local namespace=$1 name=$2 username=${3:-}
  if ! kubectl --namespace "$namespace" get secret "$name" >/dev/null 2>&1; then
    head -c 32 /dev/urandom | base64 | tr -d '+/=\n' |
      kubectl --namespace "$namespace" create secret generic "$name" --from-file=password=/dev/stdin \
        ${username:+--from-literal=username="$username"} >/dev/null
  fi
  kubectl --namespace "$namespace" get secret "$name" --output 'jsonpath={.data.password}' | base64 -d
}

# superuser DATABASE [PSQL-OPTION...]: runs the SQL on standard input in the database's own container.
superuser() {
  local database=$1 deadline=$((SECONDS + 30))
  shift
  until in_database psql --dbname postgres --command 'SELECT 1' </dev/null >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "PostgreSQL does not answer: kubectl -n databases logs deployment/postgres"
    sleep 0.3
  done
  in_database psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname "$database" "$@"
}

in_database() { kubectl --namespace databases exec --stdin deployment/postgres -- "$@"; }

# open_shop: provider and request are Ready.
open_shop() {
  apply config/samples/shop/provider.yaml
  apply config/samples/shop/request.yaml
  shop wait credentialprovider/orders-postgres credentialrequest/orders-db --for condition=Ready --timeout 60s >/dev/null ||
    fail "not Ready: $(shop get credentialprovider,credentialrequest --output 'jsonpath={range .items[*]}{.metadata.name}:{range .status.conditions[*]} {.message};{end}{"\n"}{end}')"
}

# start_orders REPLICAS: the app runs.
start_orders() {
  apply config/samples/shop/orders.yaml
  shop scale deployment/orders --replicas "$1" >/dev/null
  shop rollout status deployment/orders --timeout 3m >/dev/null
}

# order_pods: the pods of the app that are not on their way out, one a line, the youngest last.
order_pods() {
  shop get pods --selector app=orders --output json |
    jq -r '.items | sort_by(.metadata.creationTimestamp)[].metadata | select(.deletionTimestamp | not).name'
}

# lease_of POD: the name of its lease.
lease_of() {
  shop get credentialleases --output json | jq -r --arg pod "$1" '.items[] | select(.spec.pod.name == $pod) | .metadata.name'
}

# watch_login POD: logs in with the pod's own credential, again and again, from elsewhere; prints "admitted" each time, and
# then PostgreSQL's refusal. The password is read from the pod and goes through pipes alone.
watch_login() {
  # shellcheck disable=SC2016 # for the shells in the pods
  shop exec "$1" --container orders -- sh -c '. /var/run/hallpass/db.env; echo "$PGUSER"; echo "$PGPASSWORD"' |
    in_database sh -c '
      read -r PGUSER && read -r PGPASSWORD && export PGUSER PGPASSWORD
      export PGHOST=127.0.0.1 PGDATABASE=shop PGCONNECT_TIMEOUT=5
      while :; do
        if refusal=$(psql -Atc "SELECT 1" 2>&1 >/dev/null); then echo admitted; continue; fi
        # It was in when its session was ended: that is no refusal yet.
        case $refusal in *"terminating connection"*) ;; *) break ;; esac
      done
      echo "$refusal"'
}

# end_of_access POD KUBECTL-DELETE-OPTION...: deletes the pod while its credential is in use elsewhere. Sets REFUSAL to what
# PostgreSQL says at last, and LAG to the milliseconds from the API server's answer to there.
# shellcheck disable=SC2034 # for the scripts that source this one
end_of_access() {
  local pod=$1 logins deleted line=''
  shift
  exec {logins}< <(watch_login "$pod")
  read -r -u "$logins" line || true
  [[ $line == admitted ]] || fail "the credential of $pod was refused while it lives: $line"
  shop delete pod "$pod" --wait=false "$@" >/dev/null 2>&1
  deleted=$(now_ms)
  while read -r -u "$logins" line && [[ $line == admitted ]]; do :; done
  LAG=$(($(now_ms) - deleted))
  exec {logins}<&-
  REFUSAL=${line##*FATAL:  }
}

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
