#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes text to a file descriptor, whole and in order, from any thread; with a buffer, or at once without.
///
/// A terminal gets each line as soon as it is complete. A writer can also show one status line that the next text replaces.
final class TextWriter: @unchecked Sendable {
    /// The descriptor written to; not closed by this object.
    let descriptor: Int32
    /// Called with the error number when writing fails; text that could not be written is dropped.
    private let onFailure: @Sendable (Int32) -> Void
    private let capacity: Int
    private let flushesLines: Bool
    // Both are touched only between lock and unlock.
    private var buffer: [UInt8] = []
    private var hasStatus = false
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// A writer that keeps up to `capacity` bytes back (0: none). On failure nothing happens but what `onFailure` does.
    init(
        descriptor: Int32, capacity: Int, flushesLines: Bool = false, onFailure: @escaping @Sendable (Int32) -> Void = { _ in }
    ) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.flushesLines = flushesLines
        self.onFailure = onFailure
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        send()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Writes text, in place of the status line if there is one.
    func write(_ text: String) { write(bytes: text.utf8) }

    /// Writes bytes, in place of the status line if there is one.
    func write(bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        locked {
            if hasStatus { eraseStatus() }
            buffer.append(contentsOf: bytes)
            if buffer.count >= capacity || (flushesLines && bytes.contains(UInt8(ascii: "\n"))) { send() }
        }
    }

    /// Hands everything written so far to the system.
    func flush() { locked { send() } }

    /// Shows a line that the next text or status line replaces, or with nil takes it away. For terminals only.
    func showStatus(_ line: String?) {
        locked {
            guard line != nil || hasStatus else { return }
            eraseStatus()
            if let line { buffer.append(contentsOf: line.utf8) }
            hasStatus = line != nil
            send()
        }
    }

    private func eraseStatus() {
        buffer.append(contentsOf: "\r\u{1B}[K".utf8)
        hasStatus = false
    }

    private func locked(_ body: () -> Void) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        body()
    }

    /// Writes the buffer, however many calls it takes: interrupted calls again, a full non-blocking pipe when it has room.
    private func send() {
        var failure: Int32 = 0
        buffer.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count, failure == 0 {
                let count = systemWrite(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
                if count >= 0 {
                    sent += count
                } else if errno == EAGAIN || errno == EWOULDBLOCK {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, -1)
                } else if errno != EINTR {
                    failure = errno
                }
            }
        }
        buffer.removeAll(keepingCapacity: true)
        if failure != 0 { onFailure(failure) }
    }
}

/// The system's `write`, whose name the methods above hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, bytes, count) }
