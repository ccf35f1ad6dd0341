# shellcheck shell=bash
# What the scripts in hack/ share: progress lines, finding or installing tools, the cache, locks,
# and container image archives. Source it, then call what you need; sourcing installs nothing.
set -euo pipefail

# shellcheck disable=SC2034 # for the scripts that source this one
HACK=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# A script that calls another one passes its start on, so that the clock of a run is one clock.
export HALLPASS_STARTED=${HALLPASS_STARTED:-$(date +%s)}
# Maven ends with an escape sequence on both streams, whatever style it was asked for.
[[ ${MAVEN_OPTS:-} == *jansi.noreset* ]] || export MAVEN_OPTS="${MAVEN_OPTS:+$MAVEN_OPTS }-Djansi.noreset=true"

# --- telling ---------------------------------------------------------------------------------

# step MESSAGE...: one progress line, with the seconds since the run began.
step() {
  printf '[%4ds] %s\n' $(($(date +%s) - HALLPASS_STARTED)) "$*" >&2
}

# timed MESSAGE COMMAND...: a line before and, with the time it took, a line after.
timed() {
  local message=$1 began
  shift
  began=$(date +%s)
  step "$message ..."
  "$@"
  step "$message: $(($(date +%s) - began)) s"
}

# fail MESSAGE...: says what is missing and what to do, and ends the script.
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# --- finding tools ---------------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }

# need COMMAND [DEBIAN-PACKAGE]: the command exists afterwards, or the script has ended.
need() {
  local command=$1 package=${2:-$1}
  have "$command" && return
  apt_install "$package" || true
  have "$command" || fail "needs '$command': install the package '$package' of your system"
}

# wish_for COMMAND...: the commands exist afterwards, where this machine lets us install them; if not, it is said.
wish_for() {
  local command
  for command in "$@"; do
    have "$command" && continue
    apt_install "$command" || true
    have "$command" || step "there is no '$command': what needs it is skipped"
  done
}

# need_jdk: JAVA_HOME is a JDK 25 and comes first in PATH.
need_jdk() {
  local home package
  if ! home=$(find_jdk); then
    for package in temurin-25-jdk openjdk-25-jdk-headless; do
      apt_install "$package" 2>/dev/null && break
    done
    home=$(find_jdk) || fail "needs a JDK 25: install Temurin 25 (temurin-25-jdk) or OpenJDK 25 (openjdk-25-jdk), or point JAVA_HOME at one"
  fi
  export JAVA_HOME=$home PATH=$home/bin:$PATH
}

find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25* "$HOME"/.sdkman/candidates/java/25*; do
    # A JRE has the release file too, but no compiler.
    if [[ -x $home/bin/javac ]] && grep -q '^JAVA_VERSION="25[."]' "$home/release" 2>/dev/null; then
      echo "$home"
      return
    fi
  done
  return 1
}

# need_maven: Maven 3.8 or later, whatever Java it would itself have picked.
need_maven() {
  local version
  need mvn maven
  version=$(mvn --version | sed -n 's/^.*Apache Maven \([0-9.]*\).*/\1/p')
  at_least "$version" 3.8 || fail "needs Maven 3.8 or later, found ${version:-none}: install Apache Maven 3.9"
}

# need_go MODULE-FOLDER: a Go that accepts that module. GOTOOLCHAIN stays as it is: where it
# allows downloads, an older Go fetches the right one by itself.
need_go() {
  local folder=$1 bin wanted path
  for bin in "" /usr/local/go/bin "$HOME/go/bin" /usr/lib/go-*/bin /usr/lib/go/bin; do
    path=${bin:+$bin:}$PATH
    if (cd "$folder" && env PATH="$path" go version) >/dev/null 2>&1; then
      export PATH=$path
      return
    fi
  done
  wanted=$(sed -n 's/^go //p' "$folder/go.mod")
  fail "needs Go $wanted or later (or an older one with GOTOOLCHAIN=auto): install it from https://go.dev/dl, unpacked to /usr/local/go"
}

# at_least VERSION MINIMUM: compares dotted numbers.
at_least() {
  [[ -n $1 && $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

on_debian_as_root() {
  [[ $(id -u) == 0 ]] && have apt-get && have dpkg-query
}

# apt_install PACKAGE...: installs what is missing; false where this is no Debian or we are not root.
apt_install() {
  local package missing=()
  on_debian_as_root || return 1
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  step "installing ${missing[*]}"
  # The lists are often fresh enough, and sometimes missing altogether: update only if the first try fails.
  locked apt apt_get install "${missing[@]}" >/dev/null 2>&1 ||
    { locked apt apt_get update >/dev/null && locked apt apt_get install "${missing[@]}" >/dev/null; }
}

apt_get() {
  local action=$1
  shift
  DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$action" "$@" </dev/null
}

# --- cache and locks -------------------------------------------------------------------------

# cache_dir: where what was built or fetched is kept, outside the work tree.
cache_dir() {
  local dir=${HALLPASS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hallpass}
  mkdir -p "$dir"
  echo "$dir"
}

# key_of TEXT-OR-FILE...: a short name for these inputs; files count by content and, for folders, by relative name.
key_of() {
  local input
  for input in "$@"; do
    if [[ -d $input ]]; then
      (cd "$input" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
    elif [[ -f $input ]]; then
      sha256sum <"$input"
    else
      echo "$input"
    fi
  done | sha256sum | cut -c 1-12
}

# built_once FOLDER BUILDER...: FOLDER exists, made by `BUILDER... TEMPORARY-FOLDER`. It gets its name only when it is
# whole, so a run that was cut off leaves nothing that looks finished; of two runs the second waits and uses it.
built_once() {
  local folder=$1
  shift
  [[ -d $folder ]] || locked "build-$(basename "$folder")" build_and_rename "$folder" "$@"
}

build_and_rename() {
  local folder=$1 partial
  shift
  [[ -d $folder ]] && return
  partial=$(fresh_folder "$(basename "$folder")")
  "$@" "$partial"
  mv "$partial" "$folder"
}

# fresh_folder NAME: an empty folder in the cache for work under a lock. Its name is fixed, so that the next run clears
# what a run that was cut off has left.
fresh_folder() {
  local folder
  folder=$(cache_dir)/$1.partial
  rm -rf --one-file-system "$folder"
  mkdir -p "$folder"
  echo "$folder"
}

# locked NAME COMMAND...: runs COMMAND while no other run holds NAME. COMMAND runs in a shell of its own:
# it can fail like a script, and what it leaves running must close descriptor 9.
locked() {
  local name=$1 folder
  shift
  folder=$(cache_dir)/locks
  mkdir -p "$folder"
  (
    if ! flock --nonblock 9; then
      step "another run is busy with '$name': waiting for it"
      flock 9
    fi
    "$@"
  ) 9>"$folder/$name"
}

# --- container images ------------------------------------------------------------------------
# A docker archive (`docker load`, `kind load image-archive`, `ctr images import`) needs no engine to be written.
# The same input gives the same bytes: sorted names, times at the epoch, numeric owners, gzip without name and time.
#
#   write_image hallpass.tar docker.io/hallpass/hallpass:dev '{"Entrypoint": ["/bin/hallpass"], "User": "65532"}' rootfs/

# write_image ARCHIVE REFERENCE CONFIG ROOTFS...: one image, one layer per ROOTFS. CONFIG as in image_add.
write_image() {
  local archive=$1 reference=$2 config=$3 rootfs work layers=()
  shift 3
  work=$(mktemp -d)
  for rootfs in "$@"; do layers+=("$(image_layer "$rootfs" "$work")"); done
  image_add "$work" "$reference" "$config" "${layers[@]}"
  image_archive "$work" "$archive"
  rm -r "$work"
}

# image_layer ROOTFS WORK [--keep-owner] [--plain]: adds ROOTFS as a layer and prints its handle. All files are root's
# unless --keep-owner; --plain leaves out gzip, for what is loaded once on this machine.
image_layer() {
  local rootfs=$1 work=$2 owner=(--owner=0 --group=0) suffix=.tar.gz option diff digest
  for option in "${@:3}"; do
    case $option in
      --keep-owner) owner=() ;;
      --plain) suffix=.tar ;;
    esac
  done
  # Without an entry for the folder itself, whose mode would become that of the image's root.
  find "$rootfs/" -mindepth 1 -maxdepth 1 -printf '%P\0' | LC_ALL=C sort -z |
    tar -C "$rootfs" --null --files-from=- --sort=name --mtime=@0 --numeric-owner "${owner[@]}" --format=gnu -cf "$work/new.tar"
  diff=$(sha256_of "$work/new.tar") digest=$diff
  if [[ $suffix == .tar.gz ]]; then
    gzip -n -3 "$work/new.tar"
    digest=$(sha256_of "$work/new.tar.gz")
  fi
  mv "$work/new$suffix" "$work/$digest$suffix"
  echo "$diff:$digest$suffix"
}

sha256_of() { sha256sum "$1" | cut -d ' ' -f 1; }

# image_add WORK REFERENCE CONFIG LAYER...: adds an image; CONFIG is the JSON of its OCI config (Entrypoint, Cmd, User, Env, WorkingDir...).
image_add() {
  local work=$1 reference=$2 config=$3 file layers
  shift 3
  need jq
  layers=$(printf '%s\n' "$@" | jq -R 'split(":") | {diff: ("sha256:" + .[0]), file: .[1]}' | jq -cs .)
  jq -cS -n --arg architecture "$(image_architecture)" --argjson config "$config" --argjson layers "$layers" '{
      architecture: $architecture, os: "linux", created: "1970-01-01T00:00:00Z",
      config: ({Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], WorkingDir: "/"} + $config),
      rootfs: {type: "layers", diff_ids: [$layers[].diff]},
      history: [$layers[] | {created: "1970-01-01T00:00:00Z", created_by: "hack"}]
    }' >"$work/config.new"
  file=$(sha256_of "$work/config.new").json
  mv "$work/config.new" "$work/$file"
  jq -cS -n --arg reference "$reference" --arg config "$file" --argjson layers "$layers" \
    '{Config: $config, RepoTags: [$reference], Layers: [$layers[].file]}' >>"$work/images.jsonl"
}

# image_archive WORK ARCHIVE: writes what was added. `-` is standard output.
image_archive() {
  local work=$1 archive=$2 files
  jq -cs . "$work/images.jsonl" >"$work/manifest.json"
  mapfile -t files < <(cd "$work" && ls -- *.json *.tar*)
  tar -C "$work" --mtime=@0 --numeric-owner --owner=0 --group=0 --format=gnu -cf "$archive" "${files[@]}"
}

image_architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) uname -m ;;
  esac
}
