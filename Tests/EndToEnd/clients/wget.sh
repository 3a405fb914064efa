#!/bin/sh
# GNU wget. It shows the body of an error with --content-on-error only, and gzip with --compression only.
set -eu
. "$(dirname "$0")/commands.sh"
base=$1
get() { wget -qO- "$@"; }

rows=$(get "$base/v3/sql/carto_dw/query?q=$(encoded "$biggest")" | member 'names(it["rows"])')
paged=0
while
    page=$(get --header 'Content-Type: application/json' --post-data "$(page_as_json "$paged")" \
        "$base/v3/sql/carto_dw/query" | member 'len(it["rows"])')
    paged=$((paged + page))
    [ "$page" -eq 100 ]
do :; done
tilejson=$(get --compression=auto "$base/v3/maps/carto_dw/table?name=$table" | member 'it["tilejson"]["url"][0]')
template=$(get --compression=auto "$tilejson" | member 'it["tiles"][0]')
bytes=$(get "$(filled "$template")" | wc -c)
error=$(get --content-on-error "$base/v3/sql/carto_dw/query?q=$(encoded "$mistake")" | member 'it["error"]') || true
status=$(wget -SO- "$base/v3/sql/carto_dw/query?q=$(encoded "$mistake")" 2>&1 >/dev/null | sed -n 's|^ *HTTP/1.1 \([0-9]*\).*|\1|p') || true
print_result "$rows" "$paged" "$template" 200 "$bytes" "$status" "$error"
