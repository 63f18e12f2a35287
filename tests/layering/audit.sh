#!/bin/sh
# audit.sh AUDITOR OPERATOR ARCHIVE...: the auditor's program holds none of the functions of the
# archives that write; the operator's holds some of each, or the test would prove nothing.
set -eu
auditor=$1
operator=$2
shift 2
functions() { nm --defined-only "$@" 2>/dev/null | awk '$2 == "T" { print $3 }' | sort -u; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
functions "$auditor" >"$work/auditor"
functions "$operator" >"$work/operator"
failed=0
for archive in "$@"; do
  functions "$archive" >"$work/archive"
  if ! comm -12 "$work/archive" "$work/operator" | grep -q .; then
    echo "$operator holds nothing of $archive"
    failed=1
  fi
  comm -12 "$work/archive" "$work/auditor" >"$work/held"
  if [ -s "$work/held" ]; then
    c++filt <"$work/held" | sed "s|^|$auditor holds |"
    failed=1
  fi
done
exit $failed
