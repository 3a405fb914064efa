/// `/v3/sql/{connection}/model/{model}`: ready-made aggregations for widgets.
struct ModelAPI {
    let source: Source
    let model: String

    func answer(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET", "POST")
        let parameters = try exchange.parameters()
        guard let name = parameters.text("source") ?? parameters.text("data") else { throw .parameterMissing("source") }
        var table: Table
        if parameters.text("type") == "query" {
            table = try source.rows(of: name, parameters: parameters.document("queryParameters"))
        } else {
            table = try source.table(name)
        }
        if let filters = parameters.document("filters") {
            let filter = try ModelFilter(filters, table: table)
            table.rows = table.rows.filter { filter.passes($0) }
        }
        let calculation = ModelCalculation(table: table, parameters: parameters.document("params") ?? [:])
        return SandboxAnswer(json: try calculation.answer(model))
    }
}
