#!/bin/sh
# check.sh FILE: every setting that the program needs has to be there.
status=0
for setting in port name owner; do
    if grep -q "^$setting=" "$1"; then
        echo "$setting: ok"
    else
        echo "$setting: missing in $1" >&2
        status=3
    fi
done
exit $status
