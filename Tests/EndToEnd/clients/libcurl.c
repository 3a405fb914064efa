// C with libcurl, one handle for all requests. C brings no JSON parser: members are found by their names.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct answer {
    char *bytes;
    size_t count;
    long status;
};

static size_t keep(char *data, size_t size, size_t count, void *context) {
    struct answer *answer = context;
    answer->bytes = realloc(answer->bytes, answer->count + size * count + 1);
    memcpy(answer->bytes + answer->count, data, size * count);
    answer->count += size * count;
    answer->bytes[answer->count] = 0;
    return size * count;
}

static struct answer fetch(CURL *curl, const char *url, const char *json) {
    struct answer answer = {calloc(1, 1), 0, 0};
    struct curl_slist *fields = curl_slist_append(NULL, "Content-Type: application/json");
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    if (json) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, json);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    }
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        fprintf(stderr, "%s\n", curl_easy_strerror(code));
        exit(1);
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(fields);
    return answer;
}

// The string behind the name, from `start` on, without escapes of slashes; `start` is moved behind it.
static char *member(const char **start, const char *name) {
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"%s\":", name);
    const char *found = strstr(*start, pattern);
    if (!found) return NULL;
    found = strchr(found + strlen(pattern), '"') + 1;
    char *text = calloc(1, strlen(found) + 1), *end = text;
    for (; *found != '"'; found++) {
        if (*found == '\\' && found[1] == '/') continue;
        *end++ = *found;
        if (*found == '\\') *end++ = *++found;
    }
    *start = found;
    return text;
}

static char *query(CURL *curl, const char *sql, const char *statement) {
    char *encoded = curl_easy_escape(curl, statement, 0), *url = malloc(strlen(sql) + strlen(encoded) + 4);
    sprintf(url, "%s?q=%s", sql, encoded);
    return url;
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    CURL *curl = curl_easy_init();
    char sql[256], url[512], body[256];
    snprintf(sql, sizeof sql, "%s/v3/sql/carto_dw/query", arguments[1]);

    struct answer rows = fetch(curl, query(curl, sql, "SELECT name FROM populated_places ORDER BY population DESC LIMIT 3"), NULL);
    *strstr(rows.bytes, "\"schema\"") = 0;
    printf("{\"rows\":[");
    const char *at = rows.bytes;
    for (char *name, *comma = ""; (name = member(&at, "name")); comma = ",") printf("%s\"%s\"", comma, name);
    int paged = 0, page;
    do {
        snprintf(body, sizeof body, "{\"q\":\"SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET %d\"}", paged);
        struct answer answer = fetch(curl, sql, body);
        *strstr(answer.bytes, "\"schema\"") = 0;
        page = 0;
        for (at = answer.bytes; member(&at, "name"); page++) {}
        paged += page;
    } while (page == 100);
    snprintf(url, sizeof url, "%s/v3/maps/carto_dw/table?name=carto-demo-data.demo_tables.populated_places", arguments[1]);
    at = strstr(fetch(curl, url, NULL).bytes, "\"tilejson\"");
    at = fetch(curl, member(&at, "url"), NULL).bytes;
    char *template = member(&at, "tiles"), *tile_url = strdup(template);
    for (char *brace; (brace = strchr(tile_url, '{'));) {
        *brace = '0';
        memmove(brace + 1, brace + 3, strlen(brace + 3) + 1);
    }
    struct answer tile = fetch(curl, tile_url, NULL), error = fetch(curl, query(curl, sql, "SELEC name"), NULL);
    at = error.bytes;
    printf("],\"paged\":%d,\"tile\":{\"url\":\"%s\",\"status\":%ld,\"bytes\":%zu},\"error\":{\"status\":%ld,\"message\":\"%s\"}}\n",
        paged, template, tile.status, tile.count, error.status, member(&at, "error"));
}
