#!/usr/bin/env bash
# Installs the SparkApplication CRDs into the running control plane NAME and waits until they serve:
# kubeflow's sparkoperator.k8s.io/v1beta2 (the published file, with ScheduledSparkApplication and
# SparkConnect) and Apache's spark.apache.org/v1 (crds/, a stand-in). May be run again.
#
#   install_crds.sh DEST NAME
#
# Environment: KUBE_STATE as for start.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -eq 2 ] || { sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
dest=$(cd "$1" && pwd)
state=${KUBE_STATE:-$(dirname "$(mktemp -u -t x.XXXX)")/kube-sets-$(id -u)}
cd "$state/$2"
url=$(cat url)
version=$(awk '{ sub(/^require /, "") } $1 == "github.com/kubeflow/spark-operator/v2" { print $2; exit }' "$here/modules/spark-operator/go.mod")

api() { curl -sS --max-time 60 --cacert ca.crt --cert admin.crt --key admin.key "$@"; }

names=()
for file in "$dest/crds/kubeflow-$version"/*.yaml "$here"/crds/*.yaml; do
  name=$(awk '/^  name: / { print $2; exit }' "$file")
  # Server-side apply: the files are larger than the annotation of a client-side apply may be.
  code=$(api -o crd.json -w '%{http_code}' -X PATCH -H 'Content-Type: application/apply-patch+yaml' \
    --data-binary "@$file" \
    "$url/apis/apiextensions.k8s.io/v1/customresourcedefinitions/$name?fieldManager=kube-crds&force=true")
  case $code in 200 | 201) ;; *) echo "install_crds.sh: $name: $code $(head -c 600 crd.json)" >&2; exit 1 ;; esac
  names+=("$name")
done
rm -f crd.json

# Established is not enough: the first requests to a new type may still be answered 404 or 429
# ("storage is (re)initializing"). Ready is a type that can be listed.
for name in "${names[@]}"; do
  for _ in $(seq 600); do
    version=$(api -f "$url/apis/apiextensions.k8s.io/v1/customresourcedefinitions/$name" 2>/dev/null |
      tr -d ' \n' | sed -n 's/.*"storedVersions":\["\([^"]*\)".*/\1/p') || true
    [ -n "$version" ] && api -f "$url/apis/${name#*.}/$version/${name%%.*}?limit=1" >/dev/null 2>&1 && continue 2
    sleep 0.1
  done
  echo "install_crds.sh: $name is not served" >&2
  exit 1
done
