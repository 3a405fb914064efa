/// How many connections the clients have that are waited for, or will have to be.
struct SlowClients: Equatable {
    var all = 0
    /// Those with hardly any room for an answer.
    var narrow = 0

    mutating func replace(_ old: SlowClients, by new: SlowClients) {
        all += new.all - old.all
        narrow += new.narrow - old.narrow
    }
}
