internal import Foundation
internal import Synchronization

/// Says when something below a folder changes, once for all changes that come close together.
///
/// Listens to inotify, which sees a save within a millisecond, and looks every few seconds all the same: network file
/// systems and full watch tables tell nothing. It may speak without a change; who listens compares.
final class FolderWatch: Sendable {
    private let folder: String
    private let descriptor: Int32
    private let isCancelled = Atomic<Bool>(false)
    /// An editor that saves by writing a temporary file and renaming it is done by then.
    private static let quietMilliseconds: Int32 = 100
    /// A folder that never rests is looked at all the same.
    private static let longestMilliseconds = 1000
    private static let pollMilliseconds: Int32 = 2000
    private static let pollWithoutInotifyMilliseconds: Int32 = 300
    private static let deepest = 32
    private static let events = UInt32(
        IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB
    )

    init(_ folder: String) {
        self.folder = folder
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    }

    /// What comes until the consumer's task ends. Called once.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        continuation.onTermination = { _ in self.isCancelled.store(true, ordering: .relaxed) }
        watchFolders()
        let thread = Thread { self.watch(continuation) }
        thread.name = "walle-watch"
        thread.start()
        return stream
    }

    private func watch(_ continuation: AsyncStream<Void>.Continuation) {
        while !isCancelled.load(ordering: .relaxed) {
            let patience = descriptor < 0 ? Self.pollWithoutInotifyMilliseconds : Self.pollMilliseconds
            if waitForEvent(milliseconds: patience) { settle() }
            watchFolders()
            continuation.yield()
        }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Waits until nothing happens any more.
    private func settle() {
        let rounds = Self.longestMilliseconds / Int(Self.quietMilliseconds)
        for _ in 0..<rounds where !waitForEvent(milliseconds: Self.quietMilliseconds) { return }
    }

    /// True when something happened; what it was is thrown away.
    private func waitForEvent(milliseconds: Int32) -> Bool {
        guard descriptor >= 0 else {
            usleep(UInt32(milliseconds) * 1000)
            return false
        }
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, milliseconds) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while read(descriptor, &buffer, buffer.count) > 0 {}
        return true
    }

    private func watchFolders() {
        guard descriptor >= 0 else { return }
        watch(folder, depth: 0)
    }

    /// Watching a folder again does nothing.
    private func watch(_ path: String, depth: Int) {
        guard depth < Self.deepest, inotify_add_watch(descriptor, path, Self.events) >= 0 else { return }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where !name.hasPrefix(".") && name != "__pycache__" {
            var isFolder = ObjCBool(false)
            let child = path + "/" + name
            if FileManager.default.fileExists(atPath: child, isDirectory: &isFolder), isFolder.boolValue {
                watch(child, depth: depth + 1)
            }
        }
    }
}
