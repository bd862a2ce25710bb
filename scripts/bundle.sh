#!/usr/bin/env bash
# The bundle: `scripts/bundle.sh validate|deploy|verify [dev|prod] [--with PART] [--without PART] [--var name=value]`.
# Parts are dashboards (on), serving and search (off). Everything that can be checked without a workspace is checked first.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n '2,3p' "$0" | cut -c3-; exit 2; }
action="${1:-}"; shift || usage
target="dev"
case "${1:-}" in dev | prod) target="$1"; shift ;; esac
parts=() variables=()
while [ $# -gt 0 ]; do
    case "$1" in
        --with | --without) parts+=("$1" "$2"); shift 2 ;;
        --var) variables+=("--var" "$2"); shift 2 ;;
        *) usage ;;
    esac
done
python=".venv/bin/python"
[ -x "$python" ] || python="python3"

prepare() { "$python" scripts/prepare_bundle.py --target "$target" "${parts[@]}" "${variables[@]}"; }
cli() {
    command -v databricks >/dev/null || {
        echo "The Databricks CLI is not installed: https://docs.databricks.com/dev-tools/cli/install" >&2
        exit 1
    }
    databricks bundle "$@" -t "$target" "${variables[@]}"
}

case "$action" in
    validate)
        prepare
        if command -v databricks >/dev/null; then cli validate --strict; else echo "Checked without the Databricks CLI, which is not installed."; fi
        ;;
    deploy)
        prepare
        cli validate --strict
        cli deploy
        echo "Next: open Compute → Apps → payment-analysis, Start, then Setup & Run. Or: databricks bundle run payment_analysis_app -t $target"
        ;;
    verify)
        prepare
        "$python" -c "import payment_analysis.backend.app, payment_analysis.jobs.task"
        cli validate --strict
        cli summary
        "$python" scripts/run_and_validate_jobs.py status
        ;;
    *) usage ;;
esac
