/// The filters of a model: columns, each with `in` a list of values or `between` pairs of numbers.
struct ModelFilter {
    private enum Test {
        case among([JSONValue])
        case between([(low: Double, high: Double)])
    }

    private var tests: [(index: Int, test: Test)] = []

    init(_ filters: JSONValue, table: Table) throws(Refusal) {
        guard case .object(let members) = filters else { throw .parameterMalformed("filters") }
        for member in members {
            guard let index = table.index(of: member.name), case .object(let operations) = member.value else {
                throw .parameterMalformed("filters")
            }
            for operation in operations {
                guard let values = operation.value["values"]?.asArray else { throw .parameterMalformed("filters") }
                switch operation.name {
                case "in": tests.append((index, .among(values)))
                case "between", "closed_open":
                    let pairs = values.compactMap { value -> (low: Double, high: Double)? in
                        guard let pair = value.asArray, pair.count == 2 else { return nil }
                        return (pair[0].asNumber ?? -.infinity, pair[1].asNumber ?? .infinity)
                    }
                    tests.append((index, .between(pairs)))
                default: throw .parameterMalformed("filters")
                }
            }
        }
    }

    func passes(_ row: [Datum]) -> Bool {
        tests.allSatisfy { index, test in
            switch test {
            case .among(let values): values.contains(row[index].json)
            case .between(let pairs):
                row[index].asNumber.map { number in pairs.contains { $0.low <= number && number <= $0.high } } ?? false
            }
        }
    }
}
