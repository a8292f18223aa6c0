#!/usr/bin/env bash
# Is each tag vX at the highest released version vX.Y.Z? Standard input: the tags of all releases. If one is not, prints the
# command that moves it, and ends with 1. Ends with 2 if that cannot be said, because the tag of a release is gone or there
# is no release. Pre-releases and stray tags do not count. A person runs the command: rules protect all tags v*, also from
# workflows.
set -euo pipefail

# Of each major version the first one counts, which is the highest.
versions=$(grep -xE 'v(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}' | sort -rV | awk -F . '!seen[$1]++') || true
if [ -z "$versions" ] && [ -n "$(git tag --list 'v[0-9]' 'v[0-9][0-9]')" ]; then
  echo 'There is a tag of a major version, but no release.' >&2
  exit 2
fi

status=0
for version in $versions; do
  major=${version%%.*}
  # In full: the short name of a tag that is gone may be that of a branch.
  if ! released=$(git rev-parse --quiet --verify "refs/tags/$version^{commit}"); then
    echo "$version is released, but its tag is gone." >&2
    status=2
  elif [ "$(git rev-parse --quiet --verify "refs/tags/$major^{commit}")" != "$released" ]; then
    echo "git push --force origin $released:refs/tags/$major"
    [ "$status" = 2 ] || status=1
  fi
done
exit "$status"
