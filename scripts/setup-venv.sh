#!/bin/sh
# Makes .venv from uv.lock. Needs Python 3.11 or newer with venv and pip; everything else comes from the lock.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.8
extra="--no-dev"
[ "${1:-}" = "--dev" ] && extra="--group dev"

stamp=".venv/.ready${1:-}"
sum=$(cat uv.lock pyproject.toml verifier/pyproject.toml | sha256sum | cut -d' ' -f1)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && exit 0

python=$(command -v python3.11 || command -v python3) || {
    echo "需要 Python 3.11（含 venv 与 pip）。Debian 12：apt-get install python3 python3-venv" >&2
    exit 1
}
if ! .uv/bin/uv --version 2>/dev/null | grep -q "^uv $UV_VERSION"; then
    echo "准备 uv $UV_VERSION …"
    "$python" -m venv .uv
    .uv/bin/pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
fi
[ -x .venv/bin/python ] || "$python" -m venv --without-pip .venv
echo "按 uv.lock 安装依赖到 .venv …"
# shellcheck disable=SC2086  # two words on purpose
UV_PYTHON_DOWNLOADS=never UV_NO_CONFIG=1 .uv/bin/uv sync --compile-bytecode --frozen --inexact --python .venv/bin/python $extra
echo "$sum" >"$stamp"
# what the developer set holds, the small set holds as well
if [ "${1:-}" = "--dev" ]; then echo "$sum" >.venv/.ready; fi
