/// How often each call stack of the scripts was seen, in ticks of the sampler.
package struct StackProfile: Sendable, Hashable {
    /// A function on a stack, or what its innermost line did outside of Python.
    package struct Frame: Sendable, Hashable, Comparable {
        package enum Kind: Int, Sendable, Hashable {
            case python
            /// A call into C that used the CPU: a built-in function, an operator, a kernel.
            case native
            /// A call into C that did not: sleep, lock, input, or no free core.
            case waiting
            /// Between the host and the script: input and result are converted.
            case host
        }
        package var function: String
        package var file: String
        /// Where the function begins; for what is outside of Python, the line that called it.
        package var line: Int
        package var kind = Kind.python

        package init(function: String, file: String, line: Int, kind: Kind = .python) {
            self.function = function
            self.file = file
            self.line = line
            self.kind = kind
        }

        package static func < (left: Frame, right: Frame) -> Bool {
            (left.function, left.file, left.line) < (right.function, right.file, right.line)
        }
    }

    /// Stacks, outermost frame first.
    package private(set) var stacks: [[Frame]: Int] = [:]
    package private(set) var ticks = 0
    /// Between two ticks.
    package var interval: Duration

    package init(interval: Duration) { self.interval = interval }

    package mutating func add(_ stack: [Frame], ticks: Int) {
        stacks[stack, default: 0] += ticks
        self.ticks += ticks
    }

    package mutating func merge(_ other: StackProfile) {
        for (stack, ticks) in other.stacks { add(stack, ticks: ticks) }
    }

    /// The profile with other names for its frames.
    package func renaming(_ rename: (Frame) -> Frame) -> StackProfile {
        var renamed = StackProfile(interval: interval)
        for (stack, ticks) in stacks { renamed.add(stack.map(rename), ticks: ticks) }
        return renamed
    }

    /// Brendan Gregg's folded format: a line a stack, for other tools.
    package var folded: String {
        stacks.map { stack, ticks in
            stack.map { "\($0.function) (\($0.file):\($0.line))".replacing(";", with: ",") }.joined(separator: ";")
                + " \(ticks)"
        }.sorted().joined(separator: "\n")
    }
}
