import Foundation

// Under names that the methods of the same name do not hide, whatever the C library's module is called.
func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}

func systemClose(_ descriptor: Int32) { close(descriptor) }

func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { listen(descriptor, backlog) }
