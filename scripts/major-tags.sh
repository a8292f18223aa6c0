#!/usr/bin/env bash
# Is each tag vX at the highest version vX.Y.Z? If one is not, prints the command that moves it, and ends with 1.
# Pre-releases and stray tags do not count. A person runs the command: rules protect all tags v*, also from workflows.
set -euo pipefail

status=0
tags=$(git tag --list --sort=-version:refname)
# Of each major version the first one counts, which is the highest.
while read -r version; do
  major=${version%%.*}
  [ "$(git rev-parse --quiet --verify "$major^{commit}")" = "$(git rev-parse "$version^{commit}")" ] && continue
  printf "git push --force origin '%s^{commit}:refs/tags/%s'\n" "$version" "$major"
  status=1
done < <(grep -xE 'v(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}' <<< "$tags" | awk -F . '!seen[$1]++')
exit "$status"
