internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Seeds and states of bit generators.
enum RandomBitFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "random_seed_words", "(entropy, spawn_key, pool_size, count): lists of words of 32 bits.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "random_seed_words") { given, state in
                        let seeds = try RandomBitFunctions.seeds(given)
                        return try RandomBitFunctions.array(of: seeds.state(words: try Integer.read(given[3])), state)
                    }
                }),
            .fast(
                "random_pool", "(entropy, spawn_key, pool_size): the words that all states are made of.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "random_pool") { given, state in
                        try RandomBitFunctions.array(of: try RandomBitFunctions.seeds(given).pool, state)
                    }
                }),
            .fast(
                "random_bits", "(kind, words): of kind 0 PCG64, 1 PCG64DXSM, 2 MT19937, seeded with an array.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "random_bits") { given, state in
                        let words = try state.array(given[1])
                        return try RandomBits.make(
                            RandomGenerator(try RandomBitFunctions.bits(try Integer.read(given[0]), words)), state)
                    }
                }),
            .fast(
                "random_legacy_seed", "(bits, seed): a number, or a list of words.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "random_legacy_seed") { given, state in
                        let generator = try state.generator(given[0])
                        let words = try RandomBitFunctions.words(given[1])
                        generator.pointee.bits = .mt19937(
                            walle_IsList(given[1]) != 0 ? try MT19937(legacySeed: words) : MT19937(legacySeed: words[0])
                        )
                        return none
                    }
                }),
            .fast(
                "random_state", "(bits): state and increment by halves, has_uint32, uinteger; or key and position.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "random_state") { given, state in
                        switch try state.generator(given[0]).pointee.bits {
                        case .pcg64(let bits): try RandomBitFunctions.tuple(bits)
                        case .pcg64DXSM(let bits): try RandomBitFunctions.tuple(bits)
                        case .mt19937(let bits): try RandomBitFunctions.tuple(bits, state)
                        }
                    }
                }),
            .fast(
                "random_set_state", "(bits, ...): as `random_state` gives it.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...7, "random_set_state") { given, state in
                        let generator = try state.generator(given[0])
                        generator.pointee.bits = try RandomBitFunctions.bits(generator.pointee.bits, given, state)
                        return none
                    }
                }),
            .fast(
                "random_jump", "(bits): be 2**128 steps ahead, for MT19937.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "random_jump") { given, state in
                        let generator = try state.generator(given[0])
                        guard case .mt19937(let bits) = generator.pointee.bits else {
                            throw TensorError.type("only MT19937 jumps: use random_advance()")
                        }
                        generator.pointee.bits = .mt19937(bits.jumped())
                        return none
                    }
                }),
            .fast(
                "random_advance", "(bits, high, low): leave out as many numbers of 64 bits.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "random_advance") { given, state in
                        let generator = try state.generator(given[0])
                        let steps = try RandomBitFunctions.wide(given[1], given[2])
                        switch generator.pointee.bits {
                        case .pcg64(var bits):
                            bits.advance(steps)
                            generator.pointee.bits = .pcg64(bits)
                        case .pcg64DXSM(var bits):
                            bits.advance(steps)
                            generator.pointee.bits = .pcg64DXSM(bits)
                        case .mt19937: throw TensorError.type("MT19937 cannot advance by any number: use jumped()")
                        }
                        return none
                    }
                }),
        ]
    }

    // MARK: seeds

    private static func seeds(_ given: Arguments) throws -> SeedSequence {
        try SeedSequence(
            entropy: try words(given[0]), spawnKey: try words(given[1]), poolSize: try Integer.read(given[2]))
    }

    /// Of a list, or of one number.
    private static func words(_ object: PythonPointer) throws -> [UInt32] {
        guard walle_IsList(object) != 0 else { return [UInt32(truncatingIfNeeded: try word(object))] }
        return try (0..<walle_Size(object)).map {
            UInt32(truncatingIfNeeded: try word(walle_ListItem(object, $0).unsafelyUnwrapped))
        }
    }

    private static func array(of words: [UInt32], _ state: StatePointer) throws -> PythonPointer {
        try state.array(.uint32, shape: [words.count]) { output in
            for (index, word) in words.enumerated() {
                output.base?.storeBytes(of: word, toByteOffset: 4 * index, as: UInt32.self)
            }
        }.object
    }

    private static func bits(_ kind: Int, _ words: ArrayPointer) throws -> RandomGenerator.Bits {
        let (type, count) = kind == 2 ? (DType.uint32, MT19937.length) : (.uint64, 4)
        guard words.dtype == type, words.count == count, words.isContiguous, let base = words.view.base else {
            throw TensorError.value("a seed has \(count) words of \(type), not \(words.count) of \(words.dtype)")
        }
        if kind == 2 {
            let start = base.assumingMemoryBound(to: UInt32.self)
            return .mt19937(MT19937(seedWords: Array(UnsafeBufferPointer(start: start, count: count))))
        }
        let start = base.assumingMemoryBound(to: UInt64.self)
        let seed = Array(UnsafeBufferPointer(start: start, count: count))
        return kind == 0 ? .pcg64(PCG64(seedWords: seed)) : .pcg64DXSM(PCG64DXSM(seedWords: seed))
    }

    // MARK: states

    private static func word(_ object: PythonPointer) throws -> UInt64 {
        let value = PyLong_AsUnsignedLongLong(object)
        if value == .max, PyErr_Occurred() != nil { throw PythonFailure.pending }
        return value
    }

    private static func wide(_ high: PythonPointer, _ low: PythonPointer) throws -> UInt128 {
        UInt128(try word(high)) << 64 | UInt128(try word(low))
    }

    private static func tuple(_ bits: PermutedCongruential<some PermutedCongruentialVariant>) throws -> PythonPointer {
        let tuple = try new(PyTuple_New(6))
        let words: [UInt64] = [
            UInt64(truncatingIfNeeded: bits.state >> 64), UInt64(truncatingIfNeeded: bits.state),
            UInt64(truncatingIfNeeded: bits.increment >> 64), UInt64(truncatingIfNeeded: bits.increment),
            bits.hasHalf ? 1 : 0, UInt64(bits.half),
        ]
        for (index, word) in words.enumerated() {
            walle_TupleSetItem(tuple, index, PyLong_FromUnsignedLongLong(word))
        }
        return tuple
    }

    private static func tuple(_ bits: MT19937, _ state: StatePointer) throws -> PythonPointer {
        let key = try array(of: bits.key, state)
        let tuple = try new(PyTuple_New(2))
        walle_TupleSetItem(tuple, 0, key)
        walle_TupleSetItem(tuple, 1, PyLong_FromLong(bits.position))
        return tuple
    }

    private static func bits(
        _ old: RandomGenerator.Bits, _ given: Arguments, _ state: StatePointer
    ) throws -> RandomGenerator.Bits {
        switch old {
        case .pcg64: return .pcg64(try congruential(given))
        case .pcg64DXSM: return .pcg64DXSM(try congruential(given))
        case .mt19937:
            let key = try state.array(given[1])
            guard key.dtype == .uint32, key.isContiguous, let base = key.view.base else {
                throw TensorError.type("a key is an array of uint32")
            }
            let start = base.assumingMemoryBound(to: UInt32.self)
            return .mt19937(
                try MT19937(
                    key: Array(UnsafeBufferPointer(start: start, count: key.count)),
                    position: try Integer.read(given[2])))
        }
    }

    private static func congruential<Variant>(_ given: Arguments) throws -> PermutedCongruential<Variant> {
        try given.expect(7...7, "random_set_state")
        return PermutedCongruential(
            state: try wide(given[1], given[2]), increment: try wide(given[3], given[4]),
            hasHalf: try word(given[5]) != 0, half: UInt32(truncatingIfNeeded: try word(given[6])))
    }
}
