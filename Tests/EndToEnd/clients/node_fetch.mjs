// Node's fetch.
const table = "carto-demo-data.demo_tables.populated_places";
const base = process.argv[2];
const sql = `${base}/v3/sql/carto_dw/query`;
const get = (url, parameters) => fetch(parameters ? `${url}?${new URLSearchParams(parameters)}` : url);
const json = async (answer) => {
  const document = await (await answer).json();
  if (document.error) throw new Error(document.error);
  return document;
};

const { rows } = await json(get(sql, { q: "SELECT name FROM populated_places ORDER BY population DESC LIMIT 3" }));
let paged = 0;
for (let count = 100; count === 100; paged += count) {
  const q = `SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET ${paged}`;
  const answer = fetch(sql, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ q }) });
  count = (await json(answer)).rows.length;
}
const instantiation = await json(get(`${base}/v3/maps/carto_dw/table`, { name: table }));
const template = (await json(get(instantiation.tilejson.url[0]))).tiles[0];
const tile = await get(template.replace("{z}", 0).replace("{x}", 0).replace("{y}", 0));
const error = await get(sql, { q: "SELEC name" });
console.log(JSON.stringify({
  rows: rows.map((row) => row.name),
  paged,
  tile: { url: template, status: tile.status, bytes: (await tile.arrayBuffer()).byteLength },
  error: { status: error.status, message: (await error.json()).error },
}));
