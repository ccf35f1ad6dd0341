# shellcheck shell=bash
# Completes kubectl-hallpass in bash, by asking it.
_kubectl_hallpass() {
  local line=${COMP_LINE:0:COMP_POINT} words last glued directive=4
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  last=${words[${#words[@]} - 1]}
  # What bash takes for words of their own, and so puts no candidate in the place of.
  glued=${last%"${last##*[=:@]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=${line#:} ;;
      *) COMPREPLY+=("${line#"$glued"}") ;;
    esac
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
  # Bash 3, as macOS has it, knows no compopt.
  if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
  if ! ((directive & 4)); then compopt -o default 2>/dev/null; fi
  return 0
}
complete -F _kubectl_hallpass kubectl-hallpass
