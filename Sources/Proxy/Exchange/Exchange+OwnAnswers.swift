import Wire

/// The answers that are made here and not upstream.
extension Exchange {
    /// Answers with an error of ours; an answer of which something was sent can only be cut.
    func fail(_ failure: Failure) {
        guard let downstream, answer != .ended else { return }
        letGo()
        record.code = failure.code
        if case .streaming = answer, !downstream.takeBackAnswer() {
            finish(staysOpen: false, isCut: true)
            return downstream.cut()
        }
        record.status = failure.status
        if failure.closes { request.keepsAlive = false }
        var content: [UInt8] = []
        let identifier = record.requestID
        FailureBody.append(failure, requestID: identifier.span, to: &content)
        answerHere(content) { FailureHead.append(failure, length: content.count, to: &$0) }
    }

    func answerPreflight() {
        record.route = "(preflight)"
        record.status = 204
        answerHere([]) { HeadWriter.appendStatusLine(204, to: &$0) }
    }

    func answerCartoInfo() {
        record.route = "(carto-info)"
        record.status = 200
        var content: [UInt8] = []
        regime.gate.appendCartoInfo(for: request, to: &content)
        answerHere(content) { OwnAnswerHead.append(200, length: content.count, to: &$0) }
    }

    /// - Parameter writeHead: writes the status line and the fields of this kind of answer.
    private func answerHere(_ content: [UInt8], writeHead: (inout [UInt8]) -> Void) {
        // The rest of a request that was not read to its end would be taken for the next one.
        if downstream?.isRequestComplete != true || isLastOfConnection { request.keepsAlive = false }
        record.bytesOut = Int64(content.count)
        downstream?.compose { output in
            writeHead(&output)
            appendOwnFields(to: &output)
            AnswerComposer.appendConnection(
                staysOpen: request.keepsAlive, minorVersion: request.minorVersion, to: &output)
            HeadWriter.appendEnd(to: &output)
            if request.method != .head { output.append(contentsOf: content) }
        }
        finish(staysOpen: request.keepsAlive)
    }
}
