// axios, as Debian packages it.
const axios = require("/usr/share/nodejs/axios/dist/node/axios.cjs");
const table = "carto-demo-data.demo_tables.populated_places";

async function main(baseURL) {
  const carto = axios.create({ baseURL });
  const sql = "/v3/sql/carto_dw/query";
  const params = { q: "SELECT name FROM populated_places ORDER BY population DESC LIMIT 3" };
  const { rows } = (await carto.get(sql, { params })).data;
  let paged = 0;
  for (let count = 100; count === 100; paged += count) {
    const q = `SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET ${paged}`;
    count = (await carto.post(sql, { q })).data.rows.length;
  }
  const instantiation = (await carto.get("/v3/maps/carto_dw/table", { params: { name: table } })).data;
  const template = (await carto.get(instantiation.tilejson.url[0])).data.tiles[0];
  const url = template.replace("{z}", 0).replace("{x}", 0).replace("{y}", 0);
  const tile = await carto.get(url, { responseType: "arraybuffer" });
  const error = await carto.get(sql, { params: { q: "SELEC name" } }).catch((thrown) => thrown.response);
  console.log(JSON.stringify({
    rows: rows.map((row) => row.name),
    paged,
    tile: { url: template, status: tile.status, bytes: tile.data.length },
    error: { status: error.status, message: error.data.error },
  }));
}

main(process.argv[2]);
