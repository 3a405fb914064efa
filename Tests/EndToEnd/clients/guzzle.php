<?php
// Guzzle, as Debian packages it.
require '/usr/share/php/GuzzleHttp/autoload.php';

$base = $argv[1];
$carto = new GuzzleHttp\Client(['base_uri' => $base]);
$json = fn ($answer): array => json_decode((string) $answer->getBody(), true, flags: JSON_THROW_ON_ERROR);

$sql = '/v3/sql/carto_dw/query';
$rows = $json($carto->get($sql, [
    'query' => ['q' => 'SELECT name FROM populated_places ORDER BY population DESC LIMIT 3'],
]))['rows'];
$paged = 0;
do {
    $q = "SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET $paged";
    $page = $json($carto->post($sql, ['json' => ['q' => $q]]))['rows'];
    $paged += count($page);
} while (count($page) === 100);
$instantiation = $json($carto->get('/v3/maps/carto_dw/table', [
    'query' => ['name' => 'carto-demo-data.demo_tables.populated_places'],
]));
$template = $json($carto->get($instantiation['tilejson']['url'][0]))['tiles'][0];
$tile = $carto->get(strtr($template, ['{z}' => 0, '{x}' => 0, '{y}' => 0]));
try {
    $error = $carto->get($sql, ['query' => ['q' => 'SELEC name']]);
} catch (GuzzleHttp\Exception\ClientException $thrown) {
    $error = $thrown->getResponse();
}
echo json_encode([
    'rows' => array_column($rows, 'name'),
    'paged' => $paged,
    'tile' => ['url' => $template, 'status' => $tile->getStatusCode(), 'bytes' => strlen((string) $tile->getBody())],
    'error' => ['status' => $error->getStatusCode(), 'message' => $json($error)['error']],
]), "\n";
