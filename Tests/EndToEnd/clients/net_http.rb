# Ruby's Net::HTTP, with a connection that is kept.
require "json"
require "net/http"

base = URI(ARGV[0])
sql = URI("#{base}/v3/sql/carto_dw/query")
Net::HTTP.start(base.host, base.port) do |carto|
  query = lambda do |statement|
    carto.get("#{sql.path}?#{URI.encode_www_form(q: statement)}")
  end
  rows = JSON.parse(query.call("SELECT name FROM populated_places ORDER BY population DESC LIMIT 3").body)["rows"]
  paged = 0
  loop do
    q = "SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET #{paged}"
    count = JSON.parse(carto.post(sql.path, JSON.generate(q: q), "Content-Type" => "application/json").body)["rows"].size
    paged += count
    break if count < 100
  end
  table = "carto-demo-data.demo_tables.populated_places"
  instantiation = JSON.parse(carto.get("/v3/maps/carto_dw/table?name=#{table}").body)
  template = JSON.parse(Net::HTTP.get(URI(instantiation["tilejson"]["url"][0])))["tiles"][0]
  tile = Net::HTTP.get_response(URI(template.gsub(/\{[zxy]\}/, "0")))
  error = query.call("SELEC name")
  puts JSON.generate(
    rows: rows.map { |row| row["name"] },
    paged: paged,
    tile: { url: template, status: tile.code.to_i, bytes: tile.body.bytesize },
    error: { status: error.code.to_i, message: JSON.parse(error.body)["error"] },
  )
end
