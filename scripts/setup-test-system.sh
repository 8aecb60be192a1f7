#!/bin/sh
# Installs the system packages that the tests need, when root; otherwise names them once and stops.
set -eu

missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need pdftoppm poppler-utils
need qpdf qpdf
need zbarimg zbar-tools
need chromium chromium
need openssl openssl
need redis-server redis-server
need runuser util-linux
need go golang-go
need strace strace
need faketime faketime
need softhsm2-util softhsm2
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] || missing="$missing golang-golang-x-mod-dev"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need initdb postgresql
missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
[ -n "$(echo "$missing" | tr -d ' ')" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "测试需要以下系统软件包，请以 root 安装后重试：apt-get install $missing" >&2
    exit 1
fi
echo "安装测试所需的系统软件包：$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# The tests start private servers on free ports; the services that these packages may bring are not needed.
# shellcheck disable=SC2086  # one word a package
apt-get install -y -qq --no-install-recommends $missing >/dev/null
