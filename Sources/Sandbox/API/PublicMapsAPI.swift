/// `/v3/maps/public/{mapId}`: a published map, for anybody, with a token of its own for its data.
struct PublicMapsAPI {
    static let mapID = "ff6ac53f-741a-49fb-b615-d040bc5a96b8"

    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        guard path.count == 1 else { throw .routeUnknown }
        try exchange.allow("GET")
        guard path[0].utf8.elementsEqual(Self.mapID.utf8) else { throw .notFound("Map") }
        return SandboxAnswer(
            json: [
                "id": .text(Self.mapID),
                "title": "Cities of the world",
                "token": .text(try token(exchange)),
                "datasets": [
                    [
                        "id": "d0000000-0000-4000-8000-000000000001", "type": "table", "format": "tilejson",
                        "source": .text(DataSet.places), "connectionName": "carto_dw", "geoColumn": "geom",
                        "columns": ["name", "population"], "name": "Populated places",
                    ]
                ],
                "keplerMapConfig": [
                    "version": "v1",
                    "config": [
                        "mapState": ["latitude": 30, "longitude": 0, "zoom": 2],
                        "mapStyle": ["styleType": "positron"],
                        "visState": [
                            "layers": [
                                [
                                    "id": "l1", "type": "tileset",
                                    "config": [
                                        "dataId": "d0000000-0000-4000-8000-000000000001", "label": "Places",
                                        "color": [237, 28, 36], "isVisible": true,
                                    ],
                                ]
                            ]
                        ],
                    ],
                ],
            ], fields: [("Cache-Control", "no-store")])
    }

    /// A token that opens the map's source and nothing else; one for all.
    private func token(_ exchange: Exchange) throws(Refusal) -> String {
        let known = exchange.state.update { contents in
            contents.apiAccessTokens.items.first { $0.document["map"]?.asText == Self.mapID }?.token
        }
        if let known { return known }
        let token = TokenShape.apiAccessToken()
        let entry = APIAccessToken(
            token: token,
            document: [
                "token": .text(token), "map": .text(Self.mapID), "allowed_apis": ["maps"], "referers": [],
                "grants": [["connection_name": "carto_dw", "source": .text(DataSet.places)]],
            ])
        guard exchange.state.update({ $0.apiAccessTokens.put(entry, under: token) }) else { throw .shelfFull }
        return token
    }
}
