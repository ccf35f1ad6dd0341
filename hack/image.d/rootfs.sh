# shellcheck shell=bash
# What the root file systems of the images have in common. Sourced by hack/image.d/*-rootfs after hack/lib.sh.

# skeleton ROOT UID NAME: the folders and the user that every image has; /tmp is there for a mount.
skeleton() {
  local root=$1 uid=$2 name=$3 folder
  umask 022
  mkdir -p "$root"/{etc,usr/bin,usr/lib,usr/lib64} "$root/tmp"
  chmod 1777 "$root/tmp"
  for folder in bin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
  printf 'root:x:0:0:root:/:/sbin/nologin\n%s:x:%s:%s:%s:/:/sbin/nologin\n' "$name" "$uid" "$uid" "$name" >"$root/etc/passwd"
  printf 'root:x:0:\n%s:x:%s:\n' "$name" "$uid" >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
}

# add_with_libraries ROOT FILE...: files of this machine, and the libraries they load, under the same names.
add_with_libraries() {
  local root=$1
  shift
  {
    printf '%s\n' "$@"
    libraries_of "$@"
  } | sed 's#^/\(lib\|lib64\|bin\)/#/usr/\1/#; s#^/##' | LC_ALL=C sort -u |
    tar -C / --dereference -cf - -T - | tar -C "$root" -xf -
}

# libraries_of FILE...: the closure of shared libraries from this machine's library folders.
libraries_of() {
  # It fails for files that load none, and says so among the rest.
  { ldd "$@" 2>/dev/null || true; } | grep -o '[[:space:]]/\(usr/\)\?lib[^ ]*' | tr -d '[:blank:]' | LC_ALL=C sort -u
}

# add_busybox ROOT: a shell and the usual commands, for the images of the demo and the tests.
add_busybox() {
  local root=$1 applet
  need busybox busybox-static
  ! ldd "$(command -v busybox)" >/dev/null 2>&1 || fail "needs a static busybox: install the package busybox-static"
  install -m 755 "$(command -v busybox)" "$root/usr/bin/busybox"
  "$root/usr/bin/busybox" --list | while read -r applet; do
    [[ -e $root/usr/bin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
  done
}

# need_postgresql: sets POSTGRESQL to the folder of the newest server here.
need_postgresql() {
  POSTGRESQL=$(newest_postgresql)
  if [[ -z $POSTGRESQL ]]; then
    apt_install postgresql || fail "needs the PostgreSQL server's binaries: install the package postgresql"
    POSTGRESQL=$(newest_postgresql)
  fi
}

newest_postgresql() {
  local initdb
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [[ ! -x $initdb ]] || dirname "$(dirname "$initdb")"
  done | sort -V | tail -n 1
}
