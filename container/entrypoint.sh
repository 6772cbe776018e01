#!/bin/sh
# Starts Moonferry in its container: Deno with the rights that the arguments name, and no other. It reads the arguments and
# changes none; what would widen a right by a comma or a space is refused.
set -eu

app=$(cd -- "${0%/*}/.." && pwd)
# The plan worker's modules are read while it runs; the account's folder is where kubelet renews the token.
read=$app/src,$app/lua,/var/run/secrets/kubernetes.io/serviceaccount
net=
write=
files=
rights=

refuse() {
  printf 'moonferry: %s\n' "$1" >&2
  exit 1
}

# Deno splits what is allowed at commas, and has no way to quote one.
path() { # NAME PATH
  case $2 in
  '' | -) ;; # Nothing, or standard input: no right is needed.
  *,*) refuse "$1: the path has a comma, which Deno takes for two; mount it under another name" ;;
  *) read=$read,$2 ;;
  esac
}

address() { # NAME ADDRESS
  case $2 in
  '' | *[!0-9A-Za-z.:[\]-]*) refuse "$1: this is no address such as 10.0.0.1:443 or [::1]:8080" ;;
  :*) net=${net:+$net,}0.0.0.0$2 ;;
  *) net=${net:+$net,}$2 ;;
  esac
}

option() { # FLAG VALUE
  case $1 in
  --listen) address "$1" "$2" ;;
  --kubeconfig) path "$1" "$2" ;;
  --file | -f)
    path "$1" "$2"
    files=yes
    ;;
  --output-dir)
    path "$1" "$2"
    write=$2
    ;;
  esac
}

flag=
for word in "$@"; do
  if [ -n "$flag" ]; then
    option "$flag" "$word"
    flag=
    continue
  fi
  case $word in
  --) break ;;
  rbac) rights=yes ;;
  --listen | --kubeconfig | --file | -f | --output-dir) flag=$word ;;
  --listen=* | --kubeconfig=* | --file=* | --output-dir=*) option "${word%%=*}" "${word#*=}" ;;
  -f?*) option -f "${word#-f}" ;;
  esac
done

# Files stand for the cluster, but for rbac --check, which asks it besides.
if { [ -z "$files" ] || [ -n "$rights" ]; } && [ -n "${KUBERNETES_SERVICE_HOST:-}" ]; then
  case $KUBERNETES_SERVICE_HOST in
  *:*) address KUBERNETES_SERVICE_HOST "[$KUBERNETES_SERVICE_HOST]:${KUBERNETES_SERVICE_PORT:-443}" ;;
  *) address KUBERNETES_SERVICE_HOST "$KUBERNETES_SERVICE_HOST:${KUBERNETES_SERVICE_PORT:-443}" ;;
  esac
fi
# A list, as kubectl reads it.
rest=${KUBECONFIG:-}
while [ -n "$rest" ]; do
  path KUBECONFIG "${rest%%:*}"
  case $rest in
  *:*) rest=${rest#*:} ;;
  *) rest= ;;
  esac
done
# With a kubeconfig, the server's address stands in a file that is not for sh to read.
if [ -n "${MOONFERRY_ALLOW_NET:-}" ]; then address MOONFERRY_ALLOW_NET "$MOONFERRY_ALLOW_NET"; fi
if [ -n "${MOONFERRY_ALLOW_READ:-}" ]; then path MOONFERRY_ALLOW_READ "$MOONFERRY_ALLOW_READ"; fi

exec deno run --cached-only --frozen --no-prompt "--config=$app/deno.json" \
  --v8-flags=--disallow-code-generation-from-strings --v8-flags=--heap-growing-percent=50 \
  "${net:+--allow-net=}${net:---deny-net}" \
  "--allow-read=$read" \
  "${write:+--allow-write=}${write:---deny-write}" \
  --allow-env=HOME,USERPROFILE,KUBECONFIG,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT,HOSTNAME \
  --deny-run --deny-ffi --deny-sys --deny-import \
  "$app/main.ts" "$@"
