/// Gives every distinct text a small number, its code, so that a column of texts is a column of numbers.
///
/// Codes count up from zero in the order in which texts come. A dictionary belongs to one thread at a time.
package final class TextDictionary: @unchecked Sendable {
    // What guards the state: a stream hands its dictionary on only together with itself.

    /// The bytes of all texts, one behind the other.
    @exclusivity(unchecked) private var bytes: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private var byteCapacity: Int
    /// Where the text of each code begins; one more than there are codes.
    @exclusivity(unchecked) private var starts: UnsafeMutablePointer<Int>
    @exclusivity(unchecked) private var codeCapacity: Int
    /// Open addressing with linear probing: the upper half of the hash above the code plus one; zero is free.
    @exclusivity(unchecked) private var slots: UnsafeMutablePointer<UInt64>
    @exclusivity(unchecked) private var slotMask: Int
    /// Texts.
    @exclusivity(unchecked) package private(set) var count = 0
    /// Makes collisions of texts from outside hard to plan.
    private let seed: UInt64

    package init() {
        (byteCapacity, codeCapacity, slotMask) = (4096, 64, 127)
        bytes = .allocate(capacity: byteCapacity)
        starts = .allocate(capacity: codeCapacity + 1)
        starts[0] = 0
        slots = .allocate(capacity: slotMask + 1)
        slots.initialize(repeating: 0, count: slotMask + 1)
        seed = .random(in: 1...UInt64.max)
    }

    deinit {
        bytes.deallocate()
        starts.deallocate()
        slots.deallocate()
    }

    /// Bytes of memory held.
    package var byteCount: Int { byteCapacity + (codeCapacity + 1) * 8 + (slotMask + 1) * 8 }

    /// The code of a text in UTF-8, a new one if the text is new.
    package func code(of text: UnsafeRawBufferPointer) -> UInt32 {
        code(of: text, mostTexts: .max, mostBytes: .max).unsafelyUnwrapped
    }

    /// As `code(of:)`; nil when the text is new and there are so many texts, or so many bytes of memory, already.
    @inline(__always)
    package func code(of text: UnsafeRawBufferPointer, mostTexts: Int, mostBytes: Int) -> UInt32? {
        let hash = hash(text)
        var slot = Int(truncatingIfNeeded: hash) & slotMask
        let tag = hash & 0xffff_ffff_0000_0000
        while slots[slot] != 0 {
            let entry = slots[slot]
            if entry & 0xffff_ffff_0000_0000 == tag, equals(text, Int(entry & 0xffff_ffff) &- 1) {
                return UInt32(truncatingIfNeeded: entry) &- 1
            }
            slot = (slot &+ 1) & slotMask
        }
        if count >= mostTexts || byteCount >= mostBytes { return nil }
        return add(text, tag: tag, slot: slot)
    }

    package func code(of text: String) -> UInt32 {
        var text = text
        return text.withUTF8 { code(of: UnsafeRawBufferPointer($0)) }
    }

    /// Nil when the text has no code.
    package func existing(_ text: String) -> UInt32? {
        var text = text
        return text.withUTF8 { utf8 in
            let raw = UnsafeRawBufferPointer(utf8)
            let hash = hash(raw)
            var slot = Int(truncatingIfNeeded: hash) & slotMask
            while slots[slot] != 0 {
                let code = Int(slots[slot] & 0xffff_ffff) - 1
                if equals(raw, code) { return UInt32(code) }
                slot = (slot + 1) & slotMask
            }
            return nil
        }
    }

    /// The text of a code in UTF-8. Valid until the next new text.
    package func text(_ code: UInt32) -> UnsafeRawBufferPointer {
        precondition(code < count, "a code of this dictionary")
        let start = starts[Int(code)]
        return UnsafeRawBufferPointer(start: bytes + start, count: starts[Int(code) + 1] - start)
    }

    package func string(_ code: UInt32) -> String { String(decoding: text(code), as: UTF8.self) }

    @inline(__always) private func equals(_ text: UnsafeRawBufferPointer, _ code: Int) -> Bool {
        let start = starts[code]
        let length = text.count
        guard starts[code &+ 1] &- start == length, length > 0 else { return length == 0 && starts[code + 1] == start }
        let text = text.baseAddress.unsafelyUnwrapped
        let other = UnsafeRawPointer(bytes + start)
        if length < 8 { return Self.shortWord(text, length) == Self.shortWord(other, length) }
        var index = 0
        while index &+ 8 < length {
            let left = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if left != other.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
            index &+= 8
        }
        return text.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
            == other.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
    }

    /// Fewer than eight bytes, but one at least, in one word, with few reads and none outside: texts of one length are
    /// equal if their words are.
    @inline(__always) private static func shortWord(_ text: UnsafeRawPointer, _ length: Int) -> UInt64 {
        if length >= 4 {
            let low = UInt64(text.loadUnaligned(as: UInt32.self))
            return low | UInt64(text.loadUnaligned(fromByteOffset: length &- 4, as: UInt32.self)) << 32
        }
        let first = UInt64(text.load(as: UInt8.self))
        let middle = UInt64(text.load(fromByteOffset: length >> 1, as: UInt8.self))
        return first | middle << 8 | UInt64(text.load(fromByteOffset: length &- 1, as: UInt8.self)) << 16
    }

    private func add(_ text: UnsafeRawBufferPointer, tag: UInt64, slot: Int) -> UInt32 {
        precondition(count < Int(UInt32.max) - 1, "a dictionary holds fewer than 2^32 texts")
        makeRoom(for: text.count)
        let start = starts[count]
        UnsafeMutableRawBufferPointer(start: bytes + start, count: text.count).copyMemory(from: text)
        starts[count + 1] = start + text.count
        slots[slot] = tag | UInt64(count + 1)
        count += 1
        if count * 2 > slotMask { rehash() }
        return UInt32(count - 1)
    }

    private func makeRoom(for length: Int) {
        let end = starts[count] + length
        if end > byteCapacity {
            let capacity = max(end, byteCapacity * 2)
            bytes = Self.moved(bytes, count: starts[count], to: capacity)
            byteCapacity = capacity
        }
        if count == codeCapacity {
            starts = Self.moved(starts, count: count + 1, to: codeCapacity * 2 + 1)
            codeCapacity *= 2
        }
    }

    private static func moved<Element: BitwiseCopyable>(
        _ old: UnsafeMutablePointer<Element>, count: Int, to capacity: Int
    ) -> UnsafeMutablePointer<Element> {
        let new = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        new.update(from: old, count: count)
        old.deallocate()
        return new
    }

    private func rehash() {
        slots.deallocate()
        slotMask = slotMask * 2 + 1
        slots = .allocate(capacity: slotMask + 1)
        slots.initialize(repeating: 0, count: slotMask + 1)
        for code in 0..<count {
            let hash = hash(text(UInt32(code)))
            var slot = Int(truncatingIfNeeded: hash) & slotMask
            while slots[slot] != 0 { slot = (slot + 1) & slotMask }
            slots[slot] = hash & 0xffff_ffff_0000_0000 | UInt64(code + 1)
        }
    }

    /// Eight bytes at a time, each folded with a full product, and the last eight again, as wyhash does.
    @inline(__always) private func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
        let length = text.count
        guard length > 0 else { return fold(seed, 0xd6e8_feb8_6659_fd93) }
        let text = text.baseAddress.unsafelyUnwrapped
        var hash = seed ^ UInt64(truncatingIfNeeded: length)
        if length < 8 { return fold(hash ^ Self.shortWord(text, length), 0xd6e8_feb8_6659_fd93) }
        var index = 0
        while index &+ 8 < length {
            hash = fold(hash ^ text.loadUnaligned(fromByteOffset: index, as: UInt64.self), 0x9e37_79b9_7f4a_7c15)
            index &+= 8
        }
        return fold(hash ^ text.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self), 0xd6e8_feb8_6659_fd93)
    }
}

/// Both halves of a product, one laid upon the other: mixes all bits of both.
@inline(__always) package func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}
