/// The AI upstream: an OpenAI-compatible chat that repeats what it was told, whole or as an event stream.
package final class SandboxAI: SandboxService {
    private static let model = "sandbox/echo"

    private let state: SandboxState

    package init(state: SandboxState) {
        self.state = state
    }

    package func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer {
        do throws(Refusal) {
            let exchange = try Exchange(request, baseURL: "", state: state, now: now)
            if exchange.segments.count == 2, exchange.segments[0] == "mcp" {
                return try ModelContextAPI(account: exchange.segments[1]).answer(exchange)
            }
            try exchange.requireOAuth()
            switch exchange.segments {
            case ["v1", "models"], ["models"]:
                try exchange.allow("GET")
                return SandboxAnswer(json: ["object": "list", "data": [["id": .text(Self.model), "object": "model"]]])
            case ["v1", "chat", "completions"], ["chat", "completions"]:
                try exchange.allow("POST")
                return try complete(exchange)
            default: throw .routeUnknown
            }
        } catch {
            return error.answer
        }
    }

    private func complete(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let body = try exchange.jsonBody()
        guard let messages = body["messages"]?.asArray, let last = messages.last?["content"]?.asText else {
            throw .parameterMissing("messages")
        }
        let id = "chatcmpl-" + Randomness.identifier(16)
        guard body["stream"] == .bool(true) else {
            let message: JSONValue = ["role": "assistant", "content": .text(last)]
            let choice: JSONValue = ["index": 0, "message": message, "finish_reason": "stop"]
            return SandboxAnswer(json: document(id, "chat.completion", choice, exchange))
        }
        var events = words(of: last).map { word in
            EventStream.event(
                nil, id: nil,
                data: document(
                    id, "chat.completion.chunk",
                    ["index": 0, "delta": ["role": "assistant", "content": .text(word)], "finish_reason": .null],
                    exchange))
        }
        let end: JSONValue = ["index": 0, "delta": [:], "finish_reason": "stop"]
        events.append(EventStream.event(nil, id: nil, data: document(id, "chat.completion.chunk", end, exchange)))
        events.append(Array("data: [DONE]\n\n".utf8))
        return SandboxAnswer(
            status: 200, fields: [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")],
            body: .events(events, interval: state.settings.eventInterval))
    }

    private func document(_ id: String, _ object: String, _ choice: JSONValue, _ exchange: Exchange) -> JSONValue {
        [
            "id": .text(id), "object": .text(object), "created": .integer(exchange.now), "model": .text(Self.model),
            "choices": [choice],
        ]
    }

    /// Words with the space behind them, the first thousand.
    private func words(of text: String) -> [String] {
        let words = text.utf8.split(separator: 0x20, maxSplits: 1000).map { String(decoding: $0, as: UTF8.self) }
        return words.enumerated().map { $0.offset + 1 < words.count ? $0.element + " " : $0.element }
    }
}
