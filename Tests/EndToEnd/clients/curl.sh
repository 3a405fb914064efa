#!/bin/sh
# curl, its own session for each request.
set -eu
. "$(dirname "$0")/commands.sh"
base=$1

rows=$(curl -sSfG "$base/v3/sql/carto_dw/query" --data-urlencode "q=$biggest" | member 'names(it["rows"])')
paged=0
while
    page=$(curl -sSf "$base/v3/sql/carto_dw/query" --json "$(page_as_json "$paged")" | member 'len(it["rows"])')
    paged=$((paged + page))
    [ "$page" -eq 100 ]
do :; done
tilejson=$(curl -sSf --compressed "$base/v3/maps/carto_dw/table?name=$table" | member 'it["tilejson"]["url"][0]')
template=$(curl -sSf --compressed "$tilejson" | member 'it["tiles"][0]')
tile=$(curl -sS --compressed -o /dev/null -w '%{http_code} %{size_download}' "$(filled "$template")")
error=$(curl -sSG -w '\n%{http_code}' "$base/v3/sql/carto_dw/query" --data-urlencode "q=$mistake")
print_result "$rows" "$paged" "$template" "${tile% *}" "${tile#* }" "$(last_line "$error")" "$(first_line "$error" | member 'it["error"]')"
