#if os(Linux)
    internal import CSystem

    /// Whether the program is watched by AddressSanitizer, ThreadSanitizer or their kin, which read and map what they
    /// like.
    enum Sanitizer {
        private static let names = ["__asan_init", "__tsan_init", "__hwasan_init"]

        static var isPresent: Bool { names.contains { unsafe dlsym(nil, $0) != nil } }
    }
#endif
