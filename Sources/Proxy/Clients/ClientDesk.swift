/// One event loop's view of the keys: a request costs one look at a number, and no lock while nothing has changed.
struct ClientDesk {
    private let book: ClientBook
    private var known: ClientTable
    private var version: UInt64

    init(_ book: ClientBook) {
        self.book = book
        version = book.version
        known = book.table
    }

    var table: ClientTable {
        mutating get {
            let newest = book.version
            if newest != version {
                version = newest
                known = book.table
            }
            return known
        }
    }
}
