#!/bin/sh
# HTTPie; its POST is a form.
set -eu
. "$(dirname "$0")/commands.sh"
base=$1
get() { http --ignore-stdin --check-status --body "$@"; }

rows=$(get "$base/v3/sql/carto_dw/query" "q==$biggest" | member 'names(it["rows"])')
paged=0
while
    page=$(get --form POST "$base/v3/sql/carto_dw/query" "q=$(page "$paged")" | member 'len(it["rows"])')
    paged=$((paged + page))
    [ "$page" -eq 100 ]
do :; done
tilejson=$(get "$base/v3/maps/carto_dw/table" "name==$table" | member 'it["tilejson"]["url"][0]')
template=$(get "$tilejson" | member 'it["tiles"][0]')
bytes=$(get "$(filled "$template")" | wc -c)
error=$(http --ignore-stdin --print=hb "$base/v3/sql/carto_dw/query" "q==$mistake" | tr -d '\r')
print_result "$rows" "$paged" "$template" 200 "$bytes" \
    "$(first_line "$error" | cut -d ' ' -f 2)" "$(last_line "$error" | member 'it["error"]')"
