/// What is asked of a request's client.
enum ClientCheck {
    /// Nothing.
    case none
    /// A key of this table, at this time in seconds since 1970.
    case key(ClientTable, at: Int64)
    /// He is taken for this one: for explanations.
    case assumed(Client)
}
