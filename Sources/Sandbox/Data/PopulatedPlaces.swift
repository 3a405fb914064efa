/// Cities of the world: name, country, continent, inhabitants (rounded, of the whole urban area),
/// longitude and latitude in degrees.
let populatedPlacesText: StaticString = """
    Tokyo|Japan|Asia|37400000|139.6917|35.6895
    Delhi|India|Asia|31200000|77.2090|28.6139
    Shanghai|China|Asia|27800000|121.4737|31.2304
    São Paulo|Brazil|South America|22200000|-46.6333|-23.5505
    Mexico City|Mexico|North America|21900000|-99.1332|19.4326
    Dhaka|Bangladesh|Asia|21700000|90.4125|23.8103
    Cairo|Egypt|Africa|21300000|31.2357|30.0444
    Beijing|China|Asia|20900000|116.4074|39.9042
    Mumbai|India|Asia|20700000|72.8777|19.0760
    Osaka|Japan|Asia|19100000|135.5023|34.6937
    New York|United States|North America|18800000|-74.0060|40.7128
    Karachi|Pakistan|Asia|16500000|67.0011|24.8607
    Chongqing|China|Asia|16400000|106.5516|29.5630
    Istanbul|Türkiye|Europe|15400000|28.9784|41.0082
    Buenos Aires|Argentina|South America|15300000|-58.3816|-34.6037
    Kolkata|India|Asia|15000000|88.3639|22.5726
    Lagos|Nigeria|Africa|14900000|3.3792|6.5244
    Kinshasa|DR Congo|Africa|14900000|15.2663|-4.4419
    Manila|Philippines|Asia|14200000|120.9842|14.5995
    Tianjin|China|Asia|13800000|117.3616|39.3434
    Guangzhou|China|Asia|13600000|113.2644|23.1291
    Rio de Janeiro|Brazil|South America|13500000|-43.1729|-22.9068
    Lahore|Pakistan|Asia|13100000|74.3587|31.5204
    Bengaluru|India|Asia|12800000|77.5946|12.9716
    Moscow|Russia|Europe|12600000|37.6173|55.7558
    Shenzhen|China|Asia|12600000|114.0579|22.5431
    Los Angeles|United States|North America|12400000|-118.2437|34.0522
    Chennai|India|Asia|11200000|80.2707|13.0827
    Bogotá|Colombia|South America|11200000|-74.0721|4.7110
    Paris|France|Europe|11100000|2.3522|48.8566
    Lima|Peru|South America|10900000|-77.0428|-12.0464
    Jakarta|Indonesia|Asia|10900000|106.8456|-6.2088
    Bangkok|Thailand|Asia|10700000|100.5018|13.7563
    Hyderabad|India|Asia|10300000|78.4867|17.3850
    Seoul|South Korea|Asia|9970000|126.9780|37.5665
    Nagoya|Japan|Asia|9560000|136.9066|35.1815
    London|United Kingdom|Europe|9430000|-0.1276|51.5072
    Chengdu|China|Asia|9310000|104.0668|30.5728
    Tehran|Iran|Asia|9260000|51.3890|35.6892
    Nanjing|China|Asia|9140000|118.7969|32.0603
    Chicago|United States|North America|8880000|-87.6298|41.8781
    Ho Chi Minh City|Vietnam|Asia|8840000|106.6297|10.8231
    Luanda|Angola|Africa|8630000|13.2344|-8.8390
    Wuhan|China|Asia|8590000|114.3055|30.5928
    Ahmedabad|India|Asia|8250000|72.5714|23.0225
    Kuala Lumpur|Malaysia|Asia|8210000|101.6869|3.1390
    Xi'an|China|Asia|8210000|108.9398|34.3416
    Hong Kong|China|Asia|7600000|114.1694|22.3193
    Surat|India|Asia|7490000|72.8311|21.1702
    Riyadh|Saudi Arabia|Asia|7390000|46.6753|24.7136
    Baghdad|Iraq|Asia|7320000|44.3661|33.3152
    Dar es Salaam|Tanzania|Africa|7050000|39.2083|-6.7924
    Pune|India|Asia|6810000|73.8567|18.5204
    Santiago|Chile|South America|6810000|-70.6693|-33.4489
    Madrid|Spain|Europe|6670000|-3.7038|40.4168
    Houston|United States|North America|6600000|-95.3698|29.7604
    Dallas|United States|North America|6490000|-96.7970|32.7767
    Toronto|Canada|North America|6310000|-79.3832|43.6532
    Miami|United States|North America|6170000|-80.1918|25.7617
    Belo Horizonte|Brazil|South America|6140000|-43.9345|-19.9167
    Singapore|Singapore|Asia|5990000|103.8198|1.3521
    Khartoum|Sudan|Africa|5990000|32.5599|15.5007
    Johannesburg|South Africa|Africa|5930000|28.0473|-26.2041
    Atlanta|United States|North America|5910000|-84.3880|33.7490
    Philadelphia|United States|North America|5730000|-75.1652|39.9526
    Barcelona|Spain|Europe|5620000|2.1734|41.3851
    Saint Petersburg|Russia|Europe|5500000|30.3351|59.9343
    Fukuoka|Japan|Asia|5500000|130.4017|33.5904
    Yangon|Myanmar|Asia|5420000|96.1951|16.8661
    Abidjan|Côte d'Ivoire|Africa|5350000|-4.0083|5.3600
    Washington|United States|North America|5380000|-77.0369|38.9072
    Alexandria|Egypt|Africa|5380000|29.9187|31.2001
    Guadalajara|Mexico|North America|5260000|-103.3496|20.6597
    Ankara|Türkiye|Asia|5220000|32.8597|39.9334
    Melbourne|Australia|Oceania|5150000|144.9631|-37.8136
    Chattogram|Bangladesh|Asia|5130000|91.7832|22.3569
    Addis Ababa|Ethiopia|Africa|5010000|38.7578|9.0300
    Nairobi|Kenya|Africa|4920000|36.8219|-1.2921
    Sydney|Australia|Oceania|4990000|151.2093|-33.8688
    Monterrey|Mexico|North America|4950000|-100.3161|25.6866
    Hanoi|Vietnam|Asia|4870000|105.8342|21.0278
    Cape Town|South Africa|Africa|4710000|18.4241|-33.9249
    Brasília|Brazil|South America|4730000|-47.8825|-15.7942
    Jeddah|Saudi Arabia|Asia|4700000|39.1925|21.4858
    Kabul|Afghanistan|Asia|4460000|69.2075|34.5553
    Boston|United States|North America|4320000|-71.0589|42.3601
    Rome|Italy|Europe|4280000|12.4964|41.9028
    Montréal|Canada|North America|4250000|-73.5674|45.5019
    Kano|Nigeria|Africa|4100000|8.5920|12.0022
    Recife|Brazil|South America|4130000|-34.8770|-8.0476
    Medellín|Colombia|South America|4030000|-75.5636|6.2476
    Porto Alegre|Brazil|South America|4140000|-51.2177|-30.0346
    Salvador|Brazil|South America|3930000|-38.5014|-12.9777
    Casablanca|Morocco|Africa|3790000|-7.5898|33.5731
    Berlin|Germany|Europe|3570000|13.4050|52.5200
    Busan|South Korea|Asia|3470000|129.0756|35.1796
    Algiers|Algeria|Africa|2810000|3.0588|36.7538
    San Francisco|United States|North America|3320000|-122.4194|37.7749
    Dakar|Senegal|Africa|3230000|-17.4677|14.7167
    Seattle|United States|North America|3460000|-122.3321|47.6062
    Milan|Italy|Europe|3140000|9.1900|45.4642
    Athens|Greece|Europe|3150000|23.7275|37.9838
    Santo Domingo|Dominican Republic|North America|3390000|-69.9312|18.4861
    Kyiv|Ukraine|Europe|3000000|30.5234|50.4501
    Accra|Ghana|Africa|2610000|-0.1870|5.6037
    Caracas|Venezuela|South America|2950000|-66.9036|10.4806
    Lisbon|Portugal|Europe|2970000|-9.1393|38.7223
    Guatemala City|Guatemala|North America|2980000|-90.5069|14.6349
    Dubai|United Arab Emirates|Asia|2920000|55.2708|25.2048
    Pyongyang|North Korea|Asia|3110000|125.7625|39.0392
    Vancouver|Canada|North America|2610000|-123.1207|49.2827
    Taipei|Taiwan|Asia|2720000|121.5654|25.0330
    Tashkent|Uzbekistan|Asia|2570000|69.2401|41.2995
    Manchester|United Kingdom|Europe|2750000|-2.2426|53.4808
    Birmingham|United Kingdom|Europe|2630000|-1.8904|52.4862
    Bamako|Mali|Africa|2710000|-8.0029|12.6392
    Brisbane|Australia|Oceania|2440000|153.0251|-27.4698
    Tunis|Tunisia|Africa|2400000|10.1815|36.8065
    Baku|Azerbaijan|Asia|2370000|49.8671|40.4093
    Havana|Cuba|North America|2140000|-82.3666|23.1136
    Phoenix|United States|North America|4650000|-112.0740|33.4484
    Denver|United States|North America|2880000|-104.9903|39.7392
    San Diego|United States|North America|3270000|-117.1611|32.7157
    Minneapolis|United States|North America|2940000|-93.2650|44.9778
    Detroit|United States|North America|3550000|-83.0458|42.3314
    Naples|Italy|Europe|2180000|14.2681|40.8518
    Brussels|Belgium|Europe|2100000|4.3517|50.8503
    Minsk|Belarus|Europe|2040000|27.5615|53.9045
    Vienna|Austria|Europe|1950000|16.3738|48.2082
    Quito|Ecuador|South America|1900000|-78.4678|-0.1807
    Bucharest|Romania|Europe|1790000|26.1025|44.4268
    Hamburg|Germany|Europe|1790000|9.9937|53.5511
    Warsaw|Poland|Europe|1790000|21.0122|52.2297
    Montevideo|Uruguay|South America|1760000|-56.1645|-34.9011
    Budapest|Hungary|Europe|1770000|19.0402|47.4979
    Maputo|Mozambique|Africa|1130000|32.5732|-25.9692
    Lyon|France|Europe|1740000|4.8357|45.7640
    Stockholm|Sweden|Europe|1660000|18.0686|59.3293
    Glasgow|United Kingdom|Europe|1690000|-4.2518|55.8642
    Auckland|New Zealand|Oceania|1630000|174.7633|-36.8485
    Marseille|France|Europe|1620000|5.3698|43.2965
    Novosibirsk|Russia|Asia|1690000|82.9346|55.0084
    Munich|Germany|Europe|1560000|11.5820|48.1351
    Sapporo|Japan|Asia|2670000|141.3545|43.0618
    Zürich|Switzerland|Europe|1420000|8.5417|47.3769
    Yekaterinburg|Russia|Asia|1530000|60.6122|56.8389
    Belgrade|Serbia|Europe|1400000|20.4489|44.7866
    Copenhagen|Denmark|Europe|1360000|12.5683|55.6761
    Helsinki|Finland|Europe|1320000|24.9384|60.1699
    Prague|Czechia|Europe|1320000|14.4378|50.0755
    Calgary|Canada|North America|1580000|-114.0719|51.0447
    Edmonton|Canada|North America|1520000|-113.4938|53.5461
    Ottawa|Canada|North America|1420000|-75.6972|45.4215
    Sofia|Bulgaria|Europe|1280000|23.3219|42.6977
    Dublin|Ireland|Europe|1240000|-6.2603|53.3498
    Amsterdam|Netherlands|Europe|1160000|4.9041|52.3676
    Porto|Portugal|Europe|1310000|-8.6291|41.1579
    Perth|Australia|Oceania|2090000|115.8605|-31.9505
    Adelaide|Australia|Oceania|1350000|138.6007|-34.9285
    Cologne|Germany|Europe|1130000|6.9603|50.9375
    Panama City|Panama|North America|1900000|-79.5199|8.9824
    Oslo|Norway|Europe|1060000|10.7522|59.9139
    San José|Costa Rica|North America|1420000|-84.0907|9.9281
    Asunción|Paraguay|South America|3390000|-57.5759|-25.2637
    La Paz|Bolivia|South America|1890000|-68.1193|-16.4897
    Kigali|Rwanda|Africa|1170000|30.0619|-1.9441
    Kampala|Uganda|Africa|3470000|32.5825|0.3476
    Lusaka|Zambia|Africa|2910000|28.3228|-15.3875
    Harare|Zimbabwe|Africa|1540000|31.0335|-17.8252
    Antananarivo|Madagascar|Africa|3530000|47.5079|-18.8792
    Windhoek|Namibia|Africa|446000|17.0658|-22.5609
    Gaborone|Botswana|Africa|269000|25.9231|-24.6282
    Ulaanbaatar|Mongolia|Asia|1610000|106.9057|47.8864
    Kathmandu|Nepal|Asia|1470000|85.3240|27.7172
    Colombo|Sri Lanka|Asia|619000|79.8612|6.9271
    Phnom Penh|Cambodia|Asia|2140000|104.8885|11.5564
    Vientiane|Laos|Asia|694000|102.6331|17.9757
    Almaty|Kazakhstan|Asia|1930000|76.8897|43.2389
    Tbilisi|Georgia|Asia|1080000|44.8271|41.7151
    Yerevan|Armenia|Asia|1090000|44.5152|40.1872
    Jerusalem|Israel|Asia|944000|35.2137|31.7683
    Amman|Jordan|Asia|2180000|35.9106|31.9539
    Beirut|Lebanon|Asia|2420000|35.5018|33.8938
    Damascus|Syria|Asia|2440000|36.2765|33.5138
    Doha|Qatar|Asia|650000|51.5310|25.2854
    Kuwait City|Kuwait|Asia|3180000|47.9774|29.3759
    Muscat|Oman|Asia|1590000|58.4059|23.5880
    Sana'a|Yemen|Asia|3080000|44.2075|15.3694
    Tripoli|Libya|Africa|1170000|13.1913|32.8872
    Rabat|Morocco|Africa|1910000|-6.8498|33.9716
    Reykjavík|Iceland|Europe|216000|-21.9426|64.1466
    Riga|Latvia|Europe|628000|24.1052|56.9496
    Vilnius|Lithuania|Europe|541000|25.2797|54.6872
    Tallinn|Estonia|Europe|452000|24.7536|59.4370
    Zagreb|Croatia|Europe|685000|15.9819|45.8150
    Ljubljana|Slovenia|Europe|286000|14.5058|46.0569
    Bratislava|Slovakia|Europe|437000|17.1077|48.1486
    Sarajevo|Bosnia and Herzegovina|Europe|344000|18.4131|43.8563
    Tirana|Albania|Europe|512000|19.8187|41.3275
    Valencia|Spain|Europe|838000|-0.3763|39.4699
    Seville|Spain|Europe|705000|-5.9845|37.3891
    Wellington|New Zealand|Oceania|419000|174.7762|-41.2866
    Suva|Fiji|Oceania|178000|178.4419|-18.1416
    Port Moresby|Papua New Guinea|Oceania|400000|147.1803|-9.4438
    Honolulu|United States|North America|850000|-157.8583|21.3069
    Anchorage|United States|North America|260000|-149.9003|61.2181
    Nuuk|Greenland|North America|19000|-51.7216|64.1835
    Ushuaia|Argentina|South America|83000|-68.3030|-54.8019
    Punta Arenas|Chile|South America|131000|-70.9171|-53.1638
    Vladivostok|Russia|Asia|603000|131.8855|43.1155
    Longyearbyen|Norway|Europe|2400|15.6356|78.2232
    """
