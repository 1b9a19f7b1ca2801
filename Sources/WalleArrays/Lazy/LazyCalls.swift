internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Functions of elements in a lazy block: shapes and types are settled and checked at once, as outside of one, and the
/// computation becomes a node. Nil means that the call is computed now, like any other.
enum LazyCalls {
    /// What a call is given: what is known of it, and the node of its elements once it is wanted.
    private enum Source {
        case virtual(Node)
        case array(ArrayPointer)
        case number

        /// Whether there is enough of it to be worth a node.
        func isArray(_ state: StatePointer) -> Bool {
            switch self {
            case .virtual: true
            case .array(let array): state.isWorthwhile(array)
            case .number: false
            }
        }
    }

    /// Nil for what must be made an array first, as a list.
    private static func read(_ object: PythonPointer, _ state: StatePointer) throws -> (Operand, Source)? {
        let type = walle_Type(object)
        if type == state.pointee.arrayType { return (Operand(ArrayPointer(object)), .array(ArrayPointer(object))) }
        if type == state.pointee.virtualType {
            let array = VirtualArray(object)
            return (Operand(virtual: ArrayPointer(object), state), .virtual(array.node))
        }
        let isNumber =
            walle_IsExactFloat(object) != 0 || Scalar(object, state) != nil || walle_IsLong(object) != 0
            || walle_IsFloat(object) != 0 || walle_IsComplex(object) != 0
        return isNumber ? (try Operand(reading: object, state), .number) : nil
    }

    private static func node(_ operand: Operand, _ source: Source, _ block: LazyBlock) -> Node? {
        switch source {
        case .virtual(let node): node
        case .array(let array): block.value(array)
        case .number: block.graph.constant(operand.dtype, operand.base)
        }
    }

    static func wrap(
        _ node: Node, isScalar: Bool, isWritable: Bool = true, _ block: LazyBlock, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard node.isVirtual else { return nil }
        return try VirtualArray.make(node, isScalar: isScalar, isWritable: isWritable, block, state)
    }

    // MARK: elements

    static func unary(_ index: Int, _ object: PythonPointer, _ state: StatePointer) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state), let (input, source) = try read(object, state), source.isArray(state),
            case .unary(var operation) = UniversalFunction.all[index].operation
        else { return nil }
        let types = try UniversalFunction.all[index].resolve(input.dtype, "\(input.dtype)")
        if operation == .bitwiseNot && types.operand == .bool { operation = .logicalNot }
        let computing = types.operand.computing
        guard
            walle_kernels_unary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel)) != nil,
            let node = node(input, source, block)
        else { return nil }
        block.graph.tag = state.pointee.errors.code
        let result = try block.graph.elementwise(
            .unary(operation), [node], computing: computing, raw: operation.result(computing), result: types.result)
        return try wrap(result, isScalar: input.rank == 0, block, state)
    }

    static func binary(
        _ index: Int, _ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state), let (readFirst, a) = try read(first, state),
            let (readSecond, b) = try read(second, state), a.isArray(state) || b.isArray(state),
            case .binary(let operation) = UniversalFunction.all[index].operation
        else { return nil }
        var (left, right) = (readFirst, readSecond)
        let types = try UniversalFunction.all[index].resolve(
            operation.meeting(left, right), "\(left.dtype) and \(right.dtype)")
        if operation.isComparison, left.weak != nil || right.weak != nil,
            let known = try OutOfRange.compare(operation, left, right, types.operand, state)
        {
            return known
        }
        if operation == .power, types.operand.kind == .integer {
            // Negative exponents are an error that only values show: those of a virtual array are not there yet.
            if case .virtual = b, right.dtype.isSigned { return nil }
            try UniversalCall.checkPower(right, types)
            if right.weak == nil, right.dtype.isSigned { try UniversalCall.checkExponents(right) }
        }
        try left.settle(as: types.operand, state, place: 0)
        try right.settle(as: types.operand, state, place: 1)
        let computing = types.operand.computing
        guard
            walle_kernels_binary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel)) != nil,
            let x = node(left, a, block), let y = node(right, b, block)
        else { return nil }
        block.graph.tag = state.pointee.errors.code
        let result = try block.graph.elementwise(
            .binary(operation), [x, y], computing: computing, raw: operation.result(computing), result: types.result)
        return try wrap(result, isScalar: left.rank == 0 && right.rank == 0, block, state)
    }

    /// `where` with three operands.
    static func choose(
        _ condition: PythonPointer, _ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state), let (readCondition, c) = try read(condition, state),
            let (readFirst, a) = try read(first, state), let (readSecond, b) = try read(second, state),
            a.isArray(state) || b.isArray(state) || c.isArray(state)
        else { return nil }
        var (chosen, left, right) = (readCondition, readFirst, readSecond)
        let type = DType.meeting(left, right)
        try chosen.settle(as: chosen.dtype, state, place: 0)
        try left.settle(as: type, state, place: 1)
        try right.settle(as: type, state, place: 2)
        guard let flag = node(chosen, c, block), let x = node(left, a, block), let y = node(right, b, block) else {
            return nil
        }
        block.graph.tag = state.pointee.errors.code
        let nodes = [flag, try block.graph.cast(x, to: type), try block.graph.cast(y, to: type)]
        return try wrap(try block.graph.apply(.select, nodes), isScalar: false, block, state)
    }

    // MARK: types

    /// `astype`.
    static func cast(
        _ object: PythonPointer, _ type: DType, copies: Bool, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state), let (input, source) = try read(object, state), source.isArray(state)
        else {
            return nil
        }
        if input.dtype == type {
            guard case .virtual(let node) = source else { return nil }
            return copies ? try wrap(node, isScalar: false, block, state) : Py_NewRef(object)
        }
        guard let node = node(input, source, block) else { return nil }
        block.graph.tag = state.pointee.errors.code
        return try wrap(try block.graph.cast(node, to: type), isScalar: false, block, state)
    }

    /// `array` and `asarray` of a virtual array.
    static func array(
        _ object: PythonPointer, _ type: DType?, copies: Bool, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state), walle_Type(object) == state.pointee.virtualType else { return nil }
        let array = VirtualArray(object)
        if let type, type != array.node.form.dtype { return try cast(object, type, copies: copies, state) }
        if !copies && !array.isScalar { return Py_NewRef(object) }
        return try wrap(array.node, isScalar: false, block, state)
    }

    // MARK: names

    /// What NumPy calls the function of an operator.
    static func functionName(_ name: String) -> String { names[name] ?? name }

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for function in UniversalFunction.all {
            switch function.operation {
            case .unary(let operation): names[Operator.unary(operation).name] = "\(function.name)"
            case .binary(let operation): names[Operator.binary(operation).name] = "\(function.name)"
            }
        }
        return names
    }()
}

/// Folds in a lazy block.
enum LazyFolds {
    static func run(
        _ index: Int, _ object: PythonPointer, _ options: ArrayFold.Options, _ state: StatePointer
    ) throws -> PythonPointer? {
        let function = UniversalFunction.all[index]
        guard let block = LazyBlock.active(state), let fold = function.fold,
            let (node, form) = try source(object, block, state)
        else { return nil }
        let folded = try ArrayFold.mask(options.axes, form.elements)
        var (shown, isEmpty) = (Axes(), false)
        for axis in folded.indices {
            if folded[axis] == 1 && form.shape[axis] == 0 { isEmpty = true }
            if folded[axis] == 0 { shown.append(form.shape[axis]) } else if options.keepsAxes { shown.append(1) }
        }
        guard !isEmpty || function.identity != nil else {
            throw TensorError.value(
                "zero-size array to reduction operation \(function.name) which has no identity")
        }
        let operand = options.dtype ?? fold.computing(form.dtype) ?? form.dtype
        block.graph.tag = state.pointee.errors.code
        let result = try block.graph.fold(
            .fold(fold), fold, node, folded, computing: operand.computing, result: fold.result(operand), shape: shown)
        return try LazyCalls.wrap(result, isScalar: shown.count == 0, block, state)
    }

    private static func source(
        _ object: PythonPointer, _ block: LazyBlock, _ state: StatePointer
    ) throws -> (Node, TensorType)? {
        if walle_Type(object) == state.pointee.virtualType {
            let array = VirtualArray(object)
            return (array.node, array.form)
        }
        guard walle_Type(object) == state.pointee.arrayType, state.isWorthwhile(ArrayPointer(object)),
            let node = block.value(ArrayPointer(object))
        else { return nil }
        return (node, node.form)
    }
}
