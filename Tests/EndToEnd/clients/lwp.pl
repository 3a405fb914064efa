# Perl's LWP; its POST is a form.
use strict;
use warnings;
use JSON::PP;
use LWP::UserAgent;
use URI;

my $base = $ARGV[0];
my $carto = LWP::UserAgent->new(keep_alive => 1);
my $sql = "$base/v3/sql/carto_dw/query";

sub get {
    my ($url, %parameters) = @_;
    my $uri = URI->new($url);
    $uri->query_form(%parameters) if %parameters;
    return $carto->get($uri);
}
sub json { return decode_json($_[0]->decoded_content(charset => 'none')) }

my $rows = json(get($sql, q => 'SELECT name FROM populated_places ORDER BY population DESC LIMIT 3'))->{rows};
my $paged = 0;
while (1) {
    my $q = "SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET $paged";
    my $count = @{json($carto->post($sql, { q => $q }))->{rows}};
    $paged += $count;
    last if $count < 100;
}
my $instantiation = json(get("$base/v3/maps/carto_dw/table", name => 'carto-demo-data.demo_tables.populated_places'));
my $template = json(get($instantiation->{tilejson}{url}[0]))->{tiles}[0];
(my $url = $template) =~ s/\{[zxy]\}/0/g;
my $tile = get($url);
my $error = get($sql, q => 'SELEC name');
print encode_json({
    rows => [map { $_->{name} } @$rows],
    paged => $paged,
    tile => { url => $template, status => $tile->code + 0, bytes => length $tile->decoded_content(charset => 'none') },
    error => { status => $error->code + 0, message => json($error)->{error} },
}), "\n";
