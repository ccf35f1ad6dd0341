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
  local dir options=() deadline descriptor
  engine_answers && return
  dir=$(engine_dir)
  mkdir -p "$dir"
  clear_leftovers "$dir"
  if engine_lacks_privileges; then
    need jq
    # A copy, because the engine outlives this work tree.
    install -m 755 "$KUBERNETES/engine-runtime" "$dir/runtime"
    options=(--add-runtime "limited=$dir/runtime" --default-runtime limited)
  fi
  step "starting a Docker engine, data and log in $dir"
  # live-restore: nodes go on when the engine dies, and a new one finds them again.
  (
    # It outlives whoever called: what they hold open, such as a lock, is not for it.
    for descriptor in /proc/self/fd/*; do
      descriptor=${descriptor##*/}
      ((descriptor <= 2)) || exec {descriptor}>&-
    done
    exec setsid dockerd --data-root "$dir/data" --exec-root "$dir/run" --pidfile "$dir/pid" --live-restore "${options[@]}"
  ) >>"$dir/log" 2>&1 </dev/null &
  deadline=$((SECONDS + 60))
  until engine_answers; do
    if ((SECONDS > deadline)) || ! kill -0 $! 2>/dev/null; then
      fail "the Docker engine did not start: $(tail -n 5 "$dir/log")"
    fi
    sleep 0.3
  done
}

# clear_leftovers FOLDER: what a crash or a reboot left of our engine and would trip a new one.
clear_leftovers() {
  local dir=$1 link
  # The pids may be other processes' by now, and the engine would wait for those.
  is_running "$dir/pid" dockerd || rm -f "$dir/pid"
  is_running "$dir/run/containerd/containerd.pid" containerd || rm -f "$dir/run/containerd/containerd.pid"
  # While a container lives, the rest is in use.
  [[ -z $(pgrep -f "containerd-shim.* -address $dir/run/") ]] || return 0
  awk -v dir="$dir/" 'index($5, dir) == 1 {print $5}' /proc/self/mountinfo | sort -r | xargs -r -n 1 umount --lazy
  rm -rf --one-file-system "$dir/run"
  # A network namespace can outlive its container, and then still answers for the address that the next one gets.
  for link in /sys/class/net/{docker0,br-*}/brif/veth*; do
    [[ ! -e $link ]] || ip link delete "$(basename "$link")"
  done
}

# Without this capability a privileged container cannot start unless it is asked for without it.
engine_lacks_privileges() {
  local bounds
  bounds=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)
  ((!(16#$bounds >> 24 & 1))) # CAP_SYS_RESOURCE
}

# is_running PIDFILE PROGRAM: a zombie has no program any more, and another process has another one.
is_running() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [[ $(readlink "/proc/$pid/exe") == *"/$2" ]]
}

# stop_engine: only the one that we started.
stop_engine() {
  local pid deadline=$((SECONDS + 30))
  is_running "$(engine_dir)/pid" dockerd || return 0
  pid=$(<"$(engine_dir)/pid")
  step "stopping our Docker engine, pid $pid"
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.2; done
}
