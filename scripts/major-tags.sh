#!/usr/bin/env bash
# Is each tag vX at the highest released version vX.Y.Z? Standard input: the tags of all releases. If one is not, prints the
# command that moves it, and ends with 1. Pre-releases and stray tags do not count. A person runs the command: rules protect
# all tags v*, also from workflows.
set -euo pipefail

status=0
# Of each major version the first one counts, which is the highest.
while read -r version; do
  major=${version%%.*}
  # In full: the short name of a tag that is gone may be that of a branch.
  released=$(git rev-parse --verify "refs/tags/$version^{commit}")
  [ "$(git rev-parse --quiet --verify "refs/tags/$major^{commit}")" = "$released" ] && continue
  printf "git push --force origin '%s^{commit}:refs/tags/%s'\n" "$version" "$major"
  status=1
done < <(grep -xE 'v(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}' | sort -rV | awk -F . '!seen[$1]++')
exit "$status"
