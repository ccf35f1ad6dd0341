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
  if ! (( directive & 4 )); then
    # Files stand behind an option and its '='.
    [[ $PREFIX == -*=* ]] && compset -P '*='
    _files
  fi
}
# As a file in fpath it is the function itself; sourced, it has to say what it is for.
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
  _kubectl_hallpass "$@"
else
  compdef _kubectl_hallpass kubectl-hallpass
fi
