#!/usr/bin/env bash
# Runs kubeflow's Spark operator (build.sh DEST spark-operator) as a process beside the control
# plane NAME; stop.sh NAME ends it too. Its webhook is another command and stays off.
#
#   start_operator.sh DEST NAME SPARK_HOME NAMESPACE...
#
# SPARK_HOME: has bin/spark-submit, for instance the directory of the Python package pyspark.
# NAMESPACE: those it watches. They must exist, and the service account of their applications'
# drivers needs the role `edit` there.
# Environment: KUBE_STATE as for start.sh; KUBE_OPERATOR_FLAGS: more flags, split at spaces.
set -euo pipefail

[ $# -ge 4 ] || { sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
bin=$(cd "$1/bin" && pwd)
state=${KUBE_STATE:-$(dirname "$(mktemp -u -t x.XXXX)")/kube-sets-$(id -u)}
spark_home=$(cd "$3" && pwd)
cd "$state/$2"
server=$(sed 's,^https://,,' url)
shift 3
port=$(python3 -c 'import random; print(random.randrange(20000, 32000))')

# spark-submit runs in the operator and takes the API server from KUBERNETES_SERVICE_*, and its
# credentials from KUBECONFIG.
# shellcheck disable=SC2086
SPARK_HOME=$spark_home KUBECONFIG=$PWD/kubeconfig \
KUBERNETES_SERVICE_HOST=${server%:*} KUBERNETES_SERVICE_PORT=${server#*:} \
  setsid -f bash -c 'echo $$ >spark-operator.pid; exec "$@"' spark-operator "$bin/spark-operator" controller start \
  --kubeconfig="$PWD/kubeconfig" --namespaces="$(IFS=,; echo "$*")" \
  --health-probe-bind-address="127.0.0.1:$port" ${KUBE_OPERATOR_FLAGS:-} >spark-operator.log 2>&1 </dev/null

for _ in $(seq 600); do
  curl -sf --max-time 5 "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 && exit 0
  if [ -s spark-operator.pid ] && ! kill -0 "$(cat spark-operator.pid)" 2>/dev/null; then break; fi
  sleep 0.1
done
echo "start_operator.sh: it does not get ready" >&2
tail -n 15 spark-operator.log >&2
exit 1
