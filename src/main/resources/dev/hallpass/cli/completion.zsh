#compdef kubectl-hallpass
# Completes kubectl-hallpass in zsh, by asking it.
_kubectl_hallpass() {
  local -a answer candidates
  answer=("${(@f)$("${words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  local directive=${answer[-1]#:}
  candidates=("${(@)answer[1,-2]}")
  if (( directive & 2 )); then
    compadd -S '' -a candidates
  else
    compadd -a candidates
  fi
  (( directive & 4 )) || _files
}
compdef _kubectl_hallpass kubectl-hallpass
