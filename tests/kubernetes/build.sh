#!/usr/bin/env bash
# Builds a Kubernetes control plane and kubeflow's Spark operator from Go modules.
#
#   build.sh DEST [PART...]
#
# PART: etcd kube-apiserver kube-controller-manager kube-scheduler spark-operator; all of them when none is named.
# Leaves DEST/bin/PART and DEST/crds. What is there already in the same version is not built again.
# The versions are those of the go.mod files below modules/; go.sum pins their hashes.
# Needs: go 1.26, flock.
# Environment: KUBE_BUILD_JOBS (default 2), and what go itself reads (GOPROXY, GOCACHE, GOMODCACHE).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
command -v go >/dev/null || { echo "build.sh: go is not on the PATH" >&2; exit 1; }
mkdir -p "$1/bin"
dest=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- etcd kube-apiserver kube-controller-manager kube-scheduler spark-operator

exec 9>"$dest/.lock"
flock 9 # two test runs may share DEST: the second waits and then finds the binaries

export CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off

# The version of module $2 that directory $1 pins.
version_of() {
  awk -v m="$2" '{ sub(/^require /, "") } $1 == m && $2 ~ /^v/ { print $2; exit }' "$here/modules/$1/go.mod"
}

build() { # PART DIRECTORY PACKAGE
  local part=$1 dir=$here/modules/$2 package=$3 stamp
  stamp=$({ cat "$dir/go.mod" "$dir/go.sum"; echo "$package $ldflags"; } | sha256sum | cut -d' ' -f1)
  if [ -x "$dest/bin/$part" ] && [ "$(cat "$dest/bin/.$part" 2>/dev/null)" = "$stamp" ]; then
    return
  fi
  echo "building $part" >&2
  local start=$SECONDS
  (cd "$dir" && go build -p "${KUBE_BUILD_JOBS:-2}" -trimpath -buildvcs=false \
    -ldflags "-s -w $ldflags" -o "$dest/bin/$part.new" "$package")
  mv "$dest/bin/$part.new" "$dest/bin/$part"
  echo "$stamp" >"$dest/bin/.$part"
  echo "$part built in $((SECONDS - start)) s" >&2
}

kubernetes=$(version_of control-plane k8s.io/kubernetes)
minor=${kubernetes#v1.}
minor=${minor%%.*}

for part in "$@"; do
  ldflags=
  case $part in
    etcd)
      build etcd control-plane go.etcd.io/etcd/server/v3 ;;
    kube-apiserver | kube-controller-manager | kube-scheduler)
      # Without these, /version answers v0.0.0-master+$Format:%H$.
      for p in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        ldflags+=" -X $p.gitVersion=$kubernetes -X $p.gitMajor=1 -X $p.gitMinor=$minor -X $p.gitTreeState=clean"
      done
      build "$part" control-plane "k8s.io/kubernetes/cmd/$part" ;;
    spark-operator)
      build spark-operator spark-operator github.com/kubeflow/spark-operator/v2/cmd/operator ;;
    *)
      echo "build.sh: no part $part" >&2
      exit 2 ;;
  esac
done

# kubeflow's CRDs lie beside its code.
operator=github.com/kubeflow/spark-operator/v2
target="$dest/crds/kubeflow-$(version_of spark-operator $operator)"
if [ ! -d "$target" ]; then
  root=$(cd "$here/modules/spark-operator" && go mod download -json "$operator" | awk -F'"' '$2 == "Dir" { print $4 }')
  rm -rf "$target.new"
  mkdir -p "$target.new"
  for kind in sparkapplications scheduledsparkapplications sparkconnects; do
    cp "$root/config/crd/bases/sparkoperator.k8s.io_$kind.yaml" "$target.new/"
  done
  chmod -R u+w "$target.new"
  mv "$target.new" "$target"
fi
