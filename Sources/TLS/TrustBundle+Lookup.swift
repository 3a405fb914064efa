internal import COpenSSL

extension TrustBundle {
    /// Has a certificate store ask this bundle for what it does not have.
    func join(_ store: OpaquePointer) -> Bool {
        guard let method = unsafe Self.method, let lookup = unsafe X509_STORE_add_lookup(store, method) else {
            return false
        }
        return unsafe X509_LOOKUP_set_method_data(lookup, Unmanaged.passRetained(self).toOpaque()) == 1
    }

    /// How libcrypto asks; made once, as it belongs to no store.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        guard let method = unsafe X509_LOOKUP_meth_new("certificates of a bundle") else { return nil }
        unsafe X509_LOOKUP_meth_set_get_by_subject(method) { lookup, type, name, found in
            guard type == X509_LU_X509, let lookup = unsafe lookup, let name = unsafe name,
                let store = unsafe X509_LOOKUP_get_store(lookup),
                let data = unsafe X509_LOOKUP_get_method_data(lookup)
            else { return 0 }
            let bundle = unsafe Unmanaged<TrustBundle>.fromOpaque(data).takeUnretainedValue()
            return unsafe bundle.answer(name, store, found) ? 1 : 0
        }
        unsafe X509_LOOKUP_meth_set_free(method) { lookup in
            guard let lookup = unsafe lookup, let data = unsafe X509_LOOKUP_get_method_data(lookup) else { return }
            unsafe Unmanaged<TrustBundle>.fromOpaque(data).release()
        }
        return unsafe method
    }()

    /// Puts the certificates into the store, and the one that the store then has into `found`.
    ///
    /// All with the subject: of several, libcrypto tries each that is in the store.
    private func answer(_ name: OpaquePointer, _ store: OpaquePointer, _ found: OpaquePointer?) -> Bool {
        let candidates = unsafe certificates(ofSubject: name)
        guard !candidates.isEmpty else { return false }
        for certificate in candidates { unsafe X509_STORE_add_cert(store, certificate.pointer) }
        // The store's own, not ours: another thread may have put an equal one there before us.
        guard unsafe X509_STORE_lock(store) == 1 else { return false }
        defer { unsafe X509_STORE_unlock(store) }
        guard
            let stored = unsafe X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), X509_LU_X509, name),
            let certificate = unsafe X509_OBJECT_get0_X509(stored),
            unsafe X509_OBJECT_set1_X509(found, certificate) == 1
        else { return false }
        // libcrypto takes what a look-up finds for the store's, and holds on to it itself.
        unsafe X509_free(certificate)
        return true
    }
}
