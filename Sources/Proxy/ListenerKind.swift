import Admission

/// What admission has to know of a listener. A name of its own, since Transport has a `Listener`, too.
package typealias ListenerKind = Listener
