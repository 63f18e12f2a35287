#!/bin/sh
# roots.sh VIEW TABLE: every target's include roots below VIEW belong to layers its own may know.
# TABLE has lines "layer target root...". A root is VIEW/<target>, named after its folder.
set -eu
view=$1
table=$2

may_know() {  # layer target
  case $1/$2 in
    events/*) echo 'events_.*' ;;
    engine/*) echo '(events|engine)_.*' ;;
    projections/*) echo '(events|projections)_.*' ;;
    # The auditor has the rules, the reader, and what is derived; never the writer of the log.
    replay/*) echo '(events|projections|replay)_.*|engine_(ledger|log|rocks_history|rocks_reader|snapshot)|program_longmen-audit' ;;
    # The doors, and the programs that put all of it together.
    adapters/adapters_node | adapters/adapters_http | adapters/adapters_files | adapters/adapters_iso20022 | adapters/adapters_reconciliation | adapters/adapters_cli* | adapters/adapters_demo | adapters/longmen)
      echo '(events|engine|projections|adapters)_.*|program_longmen' ;;
    # Files from outside have nothing to do with the port.
    adapters/adapters_statements) echo 'events_.*|adapters_(statements|xml)' ;;
    # A scenario sees the port.
    adapters/*) echo "events_.*|engine_ledger|adapters_port|$2(_record)?" ;;
  esac
}

targets=0
faults=0
while read -r layer target roots; do
  targets=$((targets + 1))
  allowed=$(may_know "$layer" "$target")
  for root in $roots; do
    case $root in "$view"/*) ;; *) continue ;; esac
    if ! echo "${root#"$view"/}" | grep -qxE "$allowed"; then
      echo "$target may not see ${root#"$view"/}"
      faults=$((faults + 1))
    fi
  done
done <"$table"
echo "$targets targets, $faults faults"
[ "$targets" -gt 0 ] && [ "$faults" -eq 0 ]
