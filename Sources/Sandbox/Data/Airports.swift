/// Airports of the world: IATA code, name, city, country, elevation above the sea in feet, longitude and
/// latitude in degrees.
let airportsText: StaticString = """
    ATL|Hartsfield–Jackson Atlanta International|Atlanta|United States|1026|-84.4281|33.6367
    DXB|Dubai International|Dubai|United Arab Emirates|62|55.3644|25.2528
    LHR|London Heathrow|London|United Kingdom|83|-0.4614|51.4775
    LGW|London Gatwick|London|United Kingdom|202|-0.1903|51.1481
    HND|Tokyo Haneda|Tokyo|Japan|21|139.7811|35.5533
    NRT|Tokyo Narita|Tokyo|Japan|135|140.3864|35.7647
    LAX|Los Angeles International|Los Angeles|United States|126|-118.4081|33.9425
    ORD|Chicago O'Hare International|Chicago|United States|672|-87.9048|41.9786
    DFW|Dallas Fort Worth International|Dallas|United States|607|-97.0381|32.8969
    DEN|Denver International|Denver|United States|5431|-104.6737|39.8617
    JFK|John F. Kennedy International|New York|United States|13|-73.7789|40.6398
    SFO|San Francisco International|San Francisco|United States|13|-122.3750|37.6189
    MIA|Miami International|Miami|United States|8|-80.2906|25.7932
    SEA|Seattle–Tacoma International|Seattle|United States|433|-122.3093|47.4490
    ANC|Ted Stevens Anchorage International|Anchorage|United States|152|-149.9964|61.1744
    HNL|Daniel K. Inouye International|Honolulu|United States|13|-157.9224|21.3187
    YYZ|Toronto Pearson International|Toronto|Canada|569|-79.6306|43.6772
    YVR|Vancouver International|Vancouver|Canada|14|-123.1840|49.1939
    MEX|Mexico City International|Mexico City|Mexico|7316|-99.0721|19.4363
    GRU|São Paulo–Guarulhos International|São Paulo|Brazil|2459|-46.4731|-23.4356
    EZE|Ministro Pistarini International|Buenos Aires|Argentina|67|-58.5358|-34.8222
    SCL|Arturo Merino Benítez International|Santiago|Chile|1555|-70.7858|-33.3930
    BOG|El Dorado International|Bogotá|Colombia|8361|-74.1469|4.7016
    LIM|Jorge Chávez International|Lima|Peru|113|-77.1143|-12.0219
    CDG|Paris Charles de Gaulle|Paris|France|392|2.5500|49.0097
    AMS|Amsterdam Schiphol|Amsterdam|Netherlands|-11|4.7639|52.3086
    FRA|Frankfurt|Frankfurt|Germany|364|8.5706|50.0333
    MUC|Munich|Munich|Germany|1487|11.7861|48.3538
    MAD|Adolfo Suárez Madrid–Barajas|Madrid|Spain|1998|-3.5626|40.4719
    BCN|Josep Tarradellas Barcelona–El Prat|Barcelona|Spain|14|2.0785|41.2971
    FCO|Rome Fiumicino|Rome|Italy|13|12.2389|41.8003
    ZRH|Zürich|Zürich|Switzerland|1416|8.5492|47.4647
    VIE|Vienna International|Vienna|Austria|600|16.5697|48.1103
    LIS|Humberto Delgado|Lisbon|Portugal|374|-9.1359|38.7813
    IST|Istanbul|Istanbul|Türkiye|325|28.7519|41.2753
    KEF|Keflavík International|Reykjavík|Iceland|171|-22.6056|63.9850
    CAI|Cairo International|Cairo|Egypt|382|31.4056|30.1219
    JNB|O. R. Tambo International|Johannesburg|South Africa|5558|28.2460|-26.1392
    CPT|Cape Town International|Cape Town|South Africa|151|18.6017|-33.9648
    NBO|Jomo Kenyatta International|Nairobi|Kenya|5330|36.9278|-1.3192
    ADD|Bole International|Addis Ababa|Ethiopia|7630|38.7993|8.9779
    DOH|Hamad International|Doha|Qatar|13|51.6081|25.2731
    DEL|Indira Gandhi International|Delhi|India|777|77.1031|28.5665
    BOM|Chhatrapati Shivaji Maharaj International|Mumbai|India|39|72.8679|19.0887
    SIN|Singapore Changi|Singapore|Singapore|22|103.9940|1.3502
    BKK|Suvarnabhumi|Bangkok|Thailand|5|100.7473|13.6811
    KUL|Kuala Lumpur International|Kuala Lumpur|Malaysia|69|101.7099|2.7456
    HKG|Hong Kong International|Hong Kong|China|28|113.9146|22.3089
    PEK|Beijing Capital International|Beijing|China|116|116.5846|40.0801
    PVG|Shanghai Pudong International|Shanghai|China|13|121.8053|31.1434
    ICN|Incheon International|Seoul|South Korea|23|126.4505|37.4691
    SYD|Sydney Kingsford Smith|Sydney|Australia|21|151.1772|-33.9461
    MEL|Melbourne|Melbourne|Australia|434|144.8433|-37.6733
    AKL|Auckland|Auckland|New Zealand|23|174.7917|-37.0081
    """
