/** What a shell runs to complete the command: each script asks `flotilla __complete` and does as it says. */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell];
}

/** Where a person puts the script, for the help text. */
export const installation = `
  bash: source <(flotilla completion bash)  in ~/.bashrc
  zsh:  source <(flotilla completion zsh)   in ~/.zshrc, after compinit
  fish: flotilla completion fish | source   in ~/.config/fish/config.fish`;

const bash = String.raw`# Completion of flotilla for bash. To be loaded with: source <(flotilla completion bash)

_flotilla_complete() {
    local words=() word line directive=4 joined= i
    COMPREPLY=()
    # For bash, "=" and ":" are words of their own; here they belong to the words around them.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${'$'}{COMP_WORDS[i]}
        if ((i > 1)) && [[ $joined || $word == [=:] ]]; then
            words[${'$'}{#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        joined=
        [[ $word == [=:] ]] && joined=yes
    done
    while IFS= read -r line; do
        if [[ $line == :* ]]; then directive=${'$'}{line#:}; else COMPREPLY+=("${'$'}{line%%$'\t'*}"); fi
    done < <("${'$'}{words[0]}" __complete "${'$'}{words[@]:1}" 2>/dev/null)
    if ((${'$'}{#COMPREPLY[@]} == 0 && !(directive & 4))); then compopt -o default 2>/dev/null; fi
    return 0
}

complete -F _flotilla_complete flotilla
`;

const zsh = String.raw`#compdef flotilla
# Completion of flotilla for zsh. To be loaded with: source <(flotilla completion zsh)

_flotilla() {
    local -a lines described
    local line word directive=4
    lines=("${'$'}{(@f)$("${'$'}{words[1]}" __complete "${'$'}{(@Q)words[2,CURRENT-1]}" "${'$'}{(Q)words[CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        if [[ $line == :* ]]; then
            directive=${'$'}{line#:}
        else
            word=${'$'}{${'$'}{line%%$'\t'*}//:/\\:}
            if [[ $line == *$'\t'* ]]; then word+=:${'$'}{line#*$'\t'}; fi
            described+=("$word")
        fi
    done
    if [[ ${'$'}{words[CURRENT]} == --*=* ]]; then compset -P '*='; fi
    if (( ${'$'}{#described} )); then
        _describe flotilla described
    elif (( ! (directive & 4) )); then
        _files
    fi
}

if [[ $funcstack[1] == _flotilla ]]; then _flotilla "$@"; else compdef _flotilla flotilla; fi
`;

const fish = String.raw`# Completion of flotilla for fish. To be loaded with: flotilla completion fish | source

function __flotilla_complete
    set -l typed (commandline -opc)
    set -l begun (commandline -ct)
    set -l before (string match -r -- '^--[^=]*=' "$begun")
    for line in ($typed[1] __complete $typed[2..] "$begun" 2>/dev/null)
        if not string match -q -- ':*' $line
            printf '%s%s\n' "$before" $line
        else if test $line = :0
            __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$begun")
        end
    end
end

complete -c flotilla -f -a '(__flotilla_complete)'
`;
