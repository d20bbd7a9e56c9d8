"""The startup file of a shell: what the user's own would do, and then that it tells what is entered.

It works in bash, dash and busybox ash. The marks in the prompts and the records are those of `stepper.engine.entered`.
"""

import shlex

from stepper.engine.entered import END, MAIN, MORE, START, mark

_RC = r"""{own}
__stepper_n=0
__stepper_start=$(export -p)
if [ -n "$BASH_VERSION" ]; then
  __stepper_start=$(export -p; declare -F)
  [ ! -f ~/.bashrc ] || . ~/.bashrc
  [ "$__stepper_start" = "$(export -p; declare -F)" ]
  printf '%s\0%s\0%s\0%s\0' {start} 0 $? "$(alias)" >>{records}
  HISTCONTROL= HISTIGNORE= HISTFILE={bash_history}
  shopt -s cmdhist lithist
  __stepper() {{
    local code=$?
    __stepper_n=$((__stepper_n + 1))
    printf '%s\0%s\0%s\0%s\0' "${{1:-{main}}}" "$__stepper_n" "$code" "$(HISTTIMEFORMAT= history 1)" >>{records}
  }} 2>/dev/null
  PROMPT_COMMAND=__stepper
  __stepper_leave='__stepper {end}'
  PS1='\['{mark_of_main_in_bash}'\]'$PS1 PS2='\['{mark_of_more_in_bash}'\]'$PS2
else
  [ -z "$ENV" ] || . "$ENV"
  [ "$__stepper_start" = "$(export -p)" ]
  printf '%s\0%s\0%s\0%s\0' {start} 0 $? "$(alias)" >>{records}
  __stepper() {{
    __stepper_h=$(history)
    printf '%s\0%s\0%s\0%s\0' "$1" "$2" "$3" "${{__stepper_h##*
}}" >>{records}
  }} 2>/dev/null
  __stepper_a= __stepper_z=
  if (history) >/dev/null 2>&1; then __stepper_a='\[' __stepper_z='\]'; fi
  PS1="$__stepper_a"{mark_of_main}"$__stepper_z"'$(__stepper {main} $__stepper_n $?)'"$PS1"
  PS2="$__stepper_a"{mark_of_more}"$__stepper_z"'$(__stepper {more} $__stepper_n $?)'"$PS2"
  __stepper_leave='__stepper {end} 0 $?'
fi
case $(trap) in *EXIT*) ;; *) trap "$__stepper_leave" EXIT ;; esac
unset __stepper_start __stepper_a __stepper_z __stepper_leave
"""


def startup_file(key: str, *, records: str, bash_history: str, own: str | None) -> str:
    """The startup file. `own` is what the environment names as the shell's, None where it names none."""
    counting, known = "$((__stepper_n=__stepper_n+1))", "${__stepper_n}"
    return _RC.format(
        own="unset ENV" if own is None else f"export ENV={shlex.quote(own)}",
        start=START,
        main=MAIN,
        more=MORE,
        end=END,
        records=records,
        bash_history=bash_history,
        mark_of_main=shlex.quote(mark(key, MAIN, counting)),
        mark_of_more=shlex.quote(mark(key, MORE, counting)),
        mark_of_main_in_bash=shlex.quote(mark(key, MAIN, known)),
        mark_of_more_in_bash=shlex.quote(mark(key, MORE, known)),
    )
