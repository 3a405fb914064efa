<?php
// PHP's cURL functions, one handle for all requests.
$base = $argv[1];
$handle = curl_init();

function send($handle, string $url, ?array $document = null): array
{
    curl_reset($handle);
    curl_setopt_array($handle, [CURLOPT_URL => $url, CURLOPT_RETURNTRANSFER => true, CURLOPT_ENCODING => '']);
    if ($document !== null) {
        curl_setopt_array($handle, [
            CURLOPT_POSTFIELDS => json_encode($document), CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
        ]);
    }
    $body = curl_exec($handle);
    if ($body === false) {
        exit(curl_error($handle));
    }
    return [curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $body];
}

function json(array $answer): array
{
    return json_decode($answer[1], true, flags: JSON_THROW_ON_ERROR);
}

$sql = "$base/v3/sql/carto_dw/query";
$query = fn (string $q): array => send($handle, "$sql?" . http_build_query(['q' => $q]));
$rows = json($query('SELECT name FROM populated_places ORDER BY population DESC LIMIT 3'))['rows'];
$paged = 0;
do {
    $page = json(send($handle, $sql, ['q' => "SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET $paged"]))['rows'];
    $paged += count($page);
} while (count($page) === 100);
$instantiation = json(send($handle, "$base/v3/maps/carto_dw/table?name=carto-demo-data.demo_tables.populated_places"));
$template = json(send($handle, $instantiation['tilejson']['url'][0]))['tiles'][0];
$tile = send($handle, strtr($template, ['{z}' => 0, '{x}' => 0, '{y}' => 0]));
$error = $query('SELEC name');
echo json_encode([
    'rows' => array_column($rows, 'name'),
    'paged' => $paged,
    'tile' => ['url' => $template, 'status' => $tile[0], 'bytes' => strlen($tile[1])],
    'error' => ['status' => $error[0], 'message' => json($error)['error']],
]), "\n";
