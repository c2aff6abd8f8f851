#!/usr/bin/env bash
# Stops the control plane NAME that start.sh started, waits for its end and removes its directory.
#
#   stop.sh NAME
#
# Environment: KUBE_STATE as for start.sh; KUBE_KEEP=1 keeps the directory (the logs).
# Only processes whose command line is that of this set are ended. Not there: nothing to do.
set -uo pipefail

[ $# -eq 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
[[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9.-]*$ ]] || { echo "stop.sh: NAME is letters, digits, '.' and '-'" >&2; exit 2; }
state=${KUBE_STATE:-$(dirname "$(mktemp -u -t x.XXXX)")/kube-sets-$(id -u)}
dir=$state/$1
[ -d "$dir" ] || exit 0
dir=$(cd "$dir" && pwd -P)

# The pid in a file may belong to another process by now: its working directory tells.
running() { [ "$(readlink "/proc/$1/cwd" 2>/dev/null)" = "$dir" ]; }

stop() { # PIDFILE...: asks, waits 15 s at most, then kills
  local file pid pids=()
  for file in "$@"; do
    [ -s "$file" ] && pid=$(cat "$file") && running "$pid" && kill -TERM "$pid" 2>/dev/null && pids+=("$pid")
  done
  for pid in "${pids[@]}"; do
    for _ in $(seq 150); do
      running "$pid" || break
      sleep 0.1
    done
    running "$pid" && kill -KILL "$pid" 2>/dev/null
    while running "$pid"; do sleep 0.05; done
  done
  return 0
}

# Others that a test ran in the set's directory (kwok, an operator) leave a pid file and go first.
others=()
for file in "$dir"/*.pid; do
  case ${file##*/} in etcd.pid | kube-apiserver.pid | '*.pid') ;; *) others+=("$file") ;; esac
done
stop "${others[@]}"
stop "$dir/kube-apiserver.pid"
stop "$dir/etcd.pid"
[ "${KUBE_KEEP:-0}" = 1 ] || rm -rf "$dir"
