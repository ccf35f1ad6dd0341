# shellcheck shell=bash
# A Docker engine: the one that answers, or one that we install, start and stop ourselves. Sourced by hack/cluster.

engine_dir() { echo "$(cache_dir)/engine"; }

engine_answers() { timeout 20 docker version >/dev/null 2>&1; }

# engine: a Docker engine answers afterwards.
engine() {
  have docker && engine_answers && return
  [[ -z ${DOCKER_HOST:-} ]] || fail "DOCKER_HOST is $DOCKER_HOST, and no Docker engine answers there"
  on_debian_as_root || fail "needs a running Docker engine: install Docker and start it, or run this as root on Debian or Ubuntu, where it is installed for you"
  have dockerd || apt_install docker.io || fail "needs Docker: installing the package docker.io failed; see 'apt-get install docker.io'"
  need docker docker.io
  need iptables
  # On a machine with systemd the package has started it.
  engine_answers && return
  locked engine start_engine
}

start_engine() {
  local dir options=() deadline
  engine_answers && return
  dir=$(engine_dir)
  mkdir -p "$dir"
  engine_running || rm -f "$dir/pid"
  if engine_lacks_privileges; then
    need jq
    # A copy, because the engine outlives this work tree.
    install -m 755 "$KUBERNETES/engine-runtime" "$dir/runtime"
    options=(--add-runtime "limited=$dir/runtime" --default-runtime limited)
  fi
  step "starting a Docker engine, data and log in $dir"
  # live-restore: nodes go on when the engine dies, and a new one finds them again.
  setsid dockerd --data-root "$dir/data" --exec-root "$dir/run" --pidfile "$dir/pid" --live-restore \
    "${options[@]}" >>"$dir/log" 2>&1 </dev/null 9>&- &
  deadline=$((SECONDS + 60))
  until engine_answers; do
    if ((SECONDS > deadline)) || ! kill -0 $! 2>/dev/null; then
      fail "the Docker engine did not start: $(tail -n 5 "$dir/log")"
    fi
    sleep 0.3
  done
}

# Without this capability a privileged container cannot start unless it is asked for without it.
engine_lacks_privileges() {
  local bounds
  bounds=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)
  ((!(16#$bounds >> 24 & 1))) # CAP_SYS_RESOURCE
}

# engine_running: the engine that we started is alive; a pid file alone may name another process by now.
engine_running() {
  local pid
  pid=$(cat "$(engine_dir)/pid" 2>/dev/null) && [[ $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]]
}

# stop_engine: only the one that we started.
stop_engine() {
  local pid deadline=$((SECONDS + 30))
  engine_running || return 0
  pid=$(<"$(engine_dir)/pid")
  step "stopping our Docker engine, pid $pid"
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.2; done
}
