// Go's net/http; its POST has no length, so it comes in chunks.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

const table = "carto-demo-data.demo_tables.populated_places"

type document struct {
	Rows     []struct{ Name string }
	Tilejson json.RawMessage // in an instantiation links, in a TileJSON its version
	Tiles    []string
	Error    string
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func read(answer *http.Response) (read document) {
	defer answer.Body.Close()
	text := must(io.ReadAll(answer.Body))
	if err := json.Unmarshal(text, &read); err != nil {
		fmt.Fprintln(os.Stderr, answer.Status, string(text))
		os.Exit(1)
	}
	return
}

func main() {
	base := os.Args[1]
	sql := base + "/v3/sql/carto_dw/query"
	query := func(q string) *http.Response { return must(http.Get(sql + "?" + url.Values{"q": {q}}.Encode())) }

	rows := []string{}
	for _, row := range read(query("SELECT name FROM populated_places ORDER BY population DESC LIMIT 3")).Rows {
		rows = append(rows, row.Name)
	}
	paged := 0
	for count := 100; count == 100; paged += count {
		q := fmt.Sprintf("SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET %d", paged)
		body := io.MultiReader(strings.NewReader(string(must(json.Marshal(map[string]string{"q": q})))))
		count = len(read(must(http.Post(sql, "application/json", body))).Rows)
	}
	instantiation := read(must(http.Get(base + "/v3/maps/carto_dw/table?name=" + table)))
	var links struct{ URL []string }
	must(true, json.Unmarshal(instantiation.Tilejson, &links))
	template := read(must(http.Get(links.URL[0]))).Tiles[0]
	tile := must(http.Get(strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0").Replace(template)))
	bytes := len(must(io.ReadAll(tile.Body)))
	mistake := query("SELEC name")
	type object = map[string]any
	fmt.Println(string(must(json.Marshal(object{
		"rows": rows, "paged": paged,
		"tile":  object{"url": template, "status": tile.StatusCode, "bytes": bytes},
		"error": object{"status": mistake.StatusCode, "message": read(mistake).Error},
	}))))
}
