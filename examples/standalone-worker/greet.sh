#!/bin/sh
# Reads the payload from standard input. Status 0 completes the job, 75 says "later", any other is a failed attempt.
set -eu
: "${GREETINGS:?expected the name of a file to write to}"
payload=$(cat)
printf '%s attempt %s: %s\n' "$PENSTOCK_JOB" "$PENSTOCK_ATTEMPT" "$payload" >>"$GREETINGS"
