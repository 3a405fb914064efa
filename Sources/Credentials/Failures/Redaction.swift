import Secrets

/// Finds secrets in text of others, in the forms they travel in: plain, form-encoded, base64, base64url.
///
/// Any run of a few bytes of a secret counts, since a server may echo a part. It is for short texts off the
/// path of requests: its cost is the product of the lengths.
enum Redaction {
    /// Runs shorter than this are everywhere by chance; a secret shorter than this is looked for whole.
    static let run = 8

    static func finds(_ secrets: [Secret], in text: Span<UInt8>) -> Bool {
        secrets.contains { secret in
            secret.withExposedBytes { bytes in
                if shares(bytes, with: text) { return true }
                var form: [UInt8] = []
                form.reserveCapacity(bytes.count * 4)
                defer { wipe(&form) }
                FormEncoding.append(bytes, to: &form)
                if shares(form.span, with: text) { return true }
                // The same bytes read differently in base64 according to how many precede them.
                for preceding in 0..<3 {
                    for alphabet in [Base64.Alphabet.standard, .url] {
                        wipe(&form)
                        Base64.append(bytes, preceding: preceding, alphabet: alphabet, to: &form)
                        if shares(form.span, with: text) { return true }
                    }
                }
                return false
            }
        }
    }

    private static func shares(_ secret: Span<UInt8>, with text: Span<UInt8>) -> Bool {
        guard !secret.isEmpty else { return false }
        let length = min(run, secret.count)
        guard text.count >= length else { return false }
        for start in 0...(secret.count - length) {
            for place in 0...(text.count - length) where matches(secret, start, text, place, length) { return true }
        }
        return false
    }

    private static func matches(
        _ secret: Span<UInt8>, _ start: Int, _ text: Span<UInt8>, _ place: Int, _ length: Int
    ) -> Bool {
        for offset in 0..<length where secret[start + offset] != text[place + offset] { return false }
        return true
    }
}
