# Completes kubectl-hallpass in fish, by asking it.
function __kubectl_hallpass
    set -l words (commandline -opc) (commandline -ct)
    set -l answer ($words[1] __complete $words[2..] 2>/dev/null)
    if test "$answer[-1]" = :0
        # Files stand behind an option and its '='.
        set -l option (string match -r -- '^-[^=]*=' $words[-1])
        for path in (__fish_complete_path (string replace -r -- '^-[^=]*=' '' $words[-1]))
            printf '%s\n' "$option$path"
        end
    else if test (count $answer) -gt 1
        printf '%s\n' $answer[1..-2]
    end
end
complete -c kubectl-hallpass -f -a '(__kubectl_hallpass)'
