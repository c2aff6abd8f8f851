#!/usr/bin/env bash
# Starts one Kubernetes control plane on loopback, with the SparkApplication CRDs: etcd,
# kube-apiserver, kube-controller-manager and kube-scheduler as processes of the caller.
#
#   start.sh DEST NAME [PORT]
#
# DEST: where build.sh put the binaries. NAME: names this set; any number runs side by side.
# PORT: of the API server; without it a free one between 20000 and 32000.
# Prints the URL. Leaves in the set's directory $KUBE_STATE/NAME:
#   kubeconfig            contexts admin (client certificate), token (bearer token, all rights)
#                         and guest (bearer token, no rights until a RoleBinding names user guest)
#   url ca.crt admin.crt admin.key token guest-token etcd-url
#   *.log *.pid
# Environment:
#   KUBE_STATE            the parent of the sets' directories (default: kube-sets-UID in the
#                         directory for temporary files)
#   KUBE_OWNER            a process id: when that process ends, the set is stopped and removed
#   KUBE_WAIT             seconds to wait for each step of the start (default 120)
#   KUBE_APISERVER_FLAGS  more flags, split at spaces; likewise KUBE_CONTROLLER_MANAGER_FLAGS,
#                         KUBE_SCHEDULER_FLAGS, KUBE_ETCD_FLAGS
#   KUBE_CRDS             0: without the SparkApplication CRDs (install_crds.sh installs them later)
#   KUBE_SKIP             parts to leave out: "kube-scheduler", "kube-controller-manager", or both
# Needs: openssl, curl, python3 (for free ports).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 2 ] || { sed -n '2,24s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
[[ $2 =~ ^[A-Za-z0-9][A-Za-z0-9.-]*$ ]] || { echo "start.sh: NAME is letters, digits, '.' and '-'" >&2; exit 2; }
bin=$(cd "$1/bin" && pwd)
name=$2
port=${3:-}
state=${KUBE_STATE:-$(dirname "$(mktemp -u -t x.XXXX)")/kube-sets-$(id -u)}
mkdir -p "$state"
chmod 700 "$state"
state=$(cd "$state" && pwd)
dir=$state/$name
wait_s=${KUBE_WAIT:-120}
mkdir "$dir" 2>/dev/null || { echo "start.sh: $name is there already: $dir (stop.sh $name ends it)" >&2; exit 1; }
cd "$dir"

fail() {
  echo "start.sh: $*" >&2
  for log in *.log; do
    [ -s "$log" ] && { echo "--- the end of $log" >&2; tail -n 15 "$log" >&2; }
  done
  KUBE_STATE=$state "$here/stop.sh" "$name" >&2 || true
  exit 1
}

# A start that is interrupted leaves nothing behind.
trap 'fail "interrupted"' INT TERM

# --- ports: below the range from which the kernel takes ports for outgoing connections, so that
# none is lost between here and the server's start; all are held at once, so they differ
read -r p_etcd p_peer p_api < <(python3 - <<'P'
import random, socket
held = []
while len(held) < 3:
    s = socket.socket()
    try:
        s.bind(("127.0.0.1", random.randrange(20000, 32000)))
        held.append(s)
    except OSError:
        s.close()
print(*(s.getsockname()[1] for s in held))
P
)
port=${port:-$p_api}
url=https://127.0.0.1:$port
etcd=http://127.0.0.1:$p_etcd

# --- keys and certificates
umask 077
ssl() { openssl "$@" 2>>openssl.log || fail "openssl $1 $2"; }
key() { ssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
signed() { # FILE SUBJECT EXTENSIONS
  key "$1"
  ssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
  printf '%s\n' "$3" >"$1.ext"
  ssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 12)" -days 365 \
    -extfile "$1.ext" -out "$1.crt"
  rm "$1.csr" "$1.ext"
}
key ca
ssl req -x509 -new -key ca.key -subj "/CN=kube-$name" -days 365 -out ca.crt
signed server "/CN=kube-apiserver" "extendedKeyUsage=serverAuth
subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
signed admin "/O=system:masters/CN=admin" "extendedKeyUsage=clientAuth"
signed kube-controller-manager "/CN=system:kube-controller-manager" "extendedKeyUsage=clientAuth"
signed kube-scheduler "/CN=system:kube-scheduler" "extendedKeyUsage=clientAuth"
key service-account
openssl rand -hex 24 >token
openssl rand -hex 24 >guest-token
printf '%s,token-admin,token-admin,"system:masters"\n%s,guest,guest\n' "$(cat token)" "$(cat guest-token)" >tokens.csv
echo "$url" >url
echo "$etcd" >etcd-url

b64() { base64 -w0 <"$1"; }
cluster="clusters: [{name: $name, cluster: {server: \"$url\", certificate-authority-data: $(b64 ca.crt)}}]"
by_certificate() { echo "{client-certificate-data: $(b64 "$1.crt"), client-key-data: $(b64 "$1.key")}"; }
cat >kubeconfig <<K
apiVersion: v1
kind: Config
$cluster
users:
- {name: admin, user: $(by_certificate admin)}
- {name: token, user: {token: $(cat token)}}
- {name: guest, user: {token: $(cat guest-token)}}
contexts:
- {name: admin, context: {cluster: $name, user: admin}}
- {name: token, context: {cluster: $name, user: token}}
- {name: guest, context: {cluster: $name, user: guest}}
current-context: admin
K
for part in kube-controller-manager kube-scheduler; do
  cat >"$part.kubeconfig" <<K
apiVersion: v1
kind: Config
$cluster
users: [{name: me, user: $(by_certificate $part)}]
contexts: [{name: me, context: {cluster: $name, user: me}}]
current-context: me
K
done

# --- processes
start() { # PART ARGUMENT...
  local part=$1
  shift
  [ -x "$bin/$part" ] || fail "there is no $bin/$part: run build.sh"
  setsid -f bash -c 'echo $$ >"$0.pid"; exec "$@"' "$part" "$bin/$part" "$@" \
    >"$part.log" 2>&1 </dev/null 9>&-
}
alive() { [ ! -s "$1.pid" ] || kill -0 "$(cat "$1.pid")" 2>/dev/null; }
until_ok() { # WHAT PART COMMAND...: runs the command until it succeeds
  local what=$1 part=$2 end=$((SECONDS + wait_s))
  shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$part" || fail "$part ended"
    [ $SECONDS -lt $end ] || fail "$what: not within $wait_s s"
    sleep 0.1
  done
}
api() { curl -sf --max-time 5 --cacert ca.crt --cert admin.crt --key admin.key "$url$1"; }

# shellcheck disable=SC2086 # the *_FLAGS variables are split on purpose
{
start etcd --name default --data-dir etcd --unsafe-no-fsync --log-level warn \
  --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
  --listen-peer-urls "http://127.0.0.1:$p_peer" --initial-advertise-peer-urls "http://127.0.0.1:$p_peer" \
  --initial-cluster "default=http://127.0.0.1:$p_peer" ${KUBE_ETCD_FLAGS:-}
until_ok "etcd is healthy" etcd curl -sf --max-time 5 "$etcd/health"

start kube-apiserver --etcd-servers "$etcd" \
  --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port "$port" \
  --endpoint-reconciler-type none --service-cluster-ip-range 10.96.0.0/16 \
  --tls-cert-file server.crt --tls-private-key-file server.key --client-ca-file ca.crt \
  --token-auth-file tokens.csv --authorization-mode Node,RBAC \
  --service-account-issuer https://kubernetes.default.svc \
  --service-account-key-file service-account.key --service-account-signing-key-file service-account.key \
  --allow-privileged --profiling=false ${KUBE_APISERVER_FLAGS:-}
until_ok "the API server is ready" kube-apiserver api /readyz

# Before the controller manager: its garbage collector and quotas find the types that are there when
# they start at once, later ones only every 30 s.
[ "${KUBE_CRDS:-1}" = 0 ] || KUBE_STATE=$state "$here/install_crds.sh" "$bin/.." "$name" || fail "the CRDs"

case " ${KUBE_SKIP:-} " in *" kube-controller-manager "*) ;; *)
  start kube-controller-manager --kubeconfig kube-controller-manager.kubeconfig \
    --secure-port 0 --leader-elect=false --use-service-account-credentials \
    --service-account-private-key-file service-account.key --root-ca-file ca.crt \
    --kube-api-qps 500 --kube-api-burst 1000 \
    --profiling=false ${KUBE_CONTROLLER_MANAGER_FLAGS:-} ;;
esac
case " ${KUBE_SKIP:-} " in *" kube-scheduler "*) ;; *)
  start kube-scheduler --kubeconfig kube-scheduler.kubeconfig \
    --secure-port 0 --leader-elect=false --profiling=false ${KUBE_SCHEDULER_FLAGS:-} ;;
esac
}
# Pods can be created once the controller manager has made the namespace's service account.
case " ${KUBE_SKIP:-} " in *" kube-controller-manager "*) ;; *)
  until_ok "the service account default/default is there" kube-controller-manager \
    api /api/v1/namespaces/default/serviceaccounts/default ;;
esac

if [ -n "${KUBE_OWNER:-}" ]; then
  KUBE_STATE=$state setsid -f bash -c 'tail --pid="$1" -f /dev/null; exec "$2/stop.sh" "$3"' \
    kube-owner "$KUBE_OWNER" "$here" "$name" >/dev/null 2>&1 </dev/null 9>&-
fi
trap - INT TERM
echo "$url"
