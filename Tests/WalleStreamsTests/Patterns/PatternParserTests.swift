import Testing

@testable import WalleStreams

@Suite struct PatternParserTests {
    static let a = PatternElement.step(PatternStep(.exactly("a")))
    static let b = PatternElement.step(PatternStep(.exactly("b")))

    @Test func readsTheExamples() throws {
        let root = try PatternParser.parse("product_view+ add_to_cart (not purchase)")
        let steps = ["product_view", "add_to_cart", "purchase"].map { PatternStep(.exactly($0)) }
        #expect(
            root
                == .sequence(
                    [.repeated(.step(steps[0]), PatternQuantifier(1, nil)), .step(steps[1]), .not([steps[2]])],
                    gaps: [nil, nil]))
        let second = try PatternParser.parse(
            "v : 'page*'@\"/shop/*\" [x = ']' AND y[1] > 2]{2,5}? ~> * . any@home -> @a")
        #expect(
            second
                == .sequence(
                    [
                        .repeated(
                            .step(
                                PatternStep(
                                    label: "v", .wildcard(["page", ""]), page: .wildcard(["/shop/", ""]),
                                    predicate: PatternPredicate("x = ']' AND y[1] > 2"))),
                            PatternQuantifier(2, 5, isReluctant: true)),
                        .step(PatternStep(.any)), .step(PatternStep(.any, page: .exactly("home"))),
                        .step(PatternStep(.any, page: .exactly("a"))),
                    ], gaps: [.any, .strict, .relaxed]))
    }

    @Test(arguments: [
        "a", "'any'", "'not' 'a b'", "'it\\'s \\* \\\\'", "(a | b a)+ a*? b??", "a{2} b{2,} a{0,3}?",
        "x:(a | y:b){1,2}",
        "a not (b | 'c*'[p > 1]) b", "a | b | (a | b)", "((a)) (b)", "a (b not a) b", "* *+ (*)* ", "@'/x*' a@b[q=1]",
        "a ~> b . a -> b a", "(a+)+", "(a b){2}?", "nota anyb", "'ü'", "a{,2}",
    ])
    func printsBackWhatItReads(text: String) throws {
        let root = try PatternParser.parse(text)
        #expect(try PatternParser.parse(root.text) == root, "\(root.text)")
    }

    @Test func printsRandomTreesBack() throws {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededRandom(seed)
            let root = RandomPattern.element(depth: 4, &random)
            #expect(try PatternParser.parse(root.text) == root, "seed \(seed): \(root.text)")
        }
    }

    @Test(arguments: [
        ("", "position 1", "the end"), ("a (b", "position 5", "`)`"), ("a ) b", "position 3", "`) b`"),
        ("a +", "position 3", "directly behind"), ("a++", "position 3", "two quantifiers"),
        ("a |", "position 4", "the end"),
        ("a 'b", "position 3", "quote"), ("a['x]", "position 2", "condition"), ("a[ ]", "position 2", "empty"),
        ("''", "position 1", "empty"), ("a{3,2}", "position 2", "how often"), ("a{0}", "position 2", "how often"),
        ("a{x}", "position 2", "how often"), ("a{1001}", "position 6", "1000"), ("(not a)+", "position 8", "repeated"),
        ("not (a b) c", "position 4", "`not`"), ("a -> -> b", "position 6", "`-> b`"), ("a & b", "position 3", "`& b`"),
        ("x:(not a)", "position 10", "name"), ("ä", "position 1", "quotes"), ("a@", "position 3", "page"),
        (String(repeating: "(", count: 40) + "a", "position 34", "32 groups"),
    ])
    func namesWhatIsWrong(text: String, place: String, what: String) {
        #expect {
            try PatternParser.parse(text)
        } throws: { error in
            let description = (error as? StreamError)?.description ?? ""
            return description.contains(place) && description.contains(what)
        }
    }

    @Test(arguments: [
        ("a*", "without any event"), ("(a? b*) | c", "without any event"), ("not a b", "begin with `not`"),
        ("a? not b c", "begin with `not`"), ("a (b | not c) d", "alternative"), ("a . not b", "strict gap"),
        ("a[x > a.x]", "earlier event"), ("v:a b[x > v.x]", "earlier event"),
    ])
    func refusesWhatHasNoMeaning(text: String, what: String) {
        #expect {
            try EventPattern.parse(text, within: 1) { _ in .literal(.bool(true)) }
        } throws: { error in
            (error as? StreamError)?.description.contains(what) ?? false
        }
    }

    @Test func checksTheDefinition() throws {
        #expect(throws: StreamError.self) { try EventPattern(Self.a, within: 0).validate() }
        #expect(throws: StreamError.self) { try EventPattern(Self.a, skip: .toLast("b"), within: 1).validate() }
        let pattern = try EventPattern.parse("x:a[p] b[q]", skip: .toFirst("x"), within: 1) { .name($0) }
        #expect(pattern.predicates.map(\.expression) == [.name("p"), .name("q")])
    }

    @Test(arguments: [
        ("view*", "view", true), ("view*", "vie", false), ("*view", "a view", true), ("a*a", "a", false),
        ("a*b*c", "axbxc", true), ("a*b*c", "acb", false), ("*", "", true), ("a**b", "ab", true),
        ("a*bc*c", "abc", false),
    ])
    func wildcardsStandForAnyText(wildcard: String, name: String, accepted: Bool) throws {
        guard case .step(let step) = try PatternParser.parse("'\(wildcard)'") else { return }
        #expect(Array(name.utf8).withUnsafeBytes { step.event.accepts($0) } == accepted)
        #expect(!step.event.accepts(nil) && NameTest.any.accepts(nil))
    }
}
