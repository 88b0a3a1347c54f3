import Foundation
import StatsModel
import Testing

@testable import Verification

/// YAML that somebody wrote to do harm, or by mistake.
@Suite("YAML from untrusted files") struct YAMLTextTests {
    /// What both readers say of a text.
    static func errors(_ text: String) -> [String] {
        var found: [String] = []
        do throws(GoldenError) { _ = try GoldenFile(parsing: text, file: "a.yaml") } catch { found.append(error.description) }
        do throws(ClientFileError) { _ = try ClientFile.parse(text, file: "a.yaml") } catch { found.append(error.description) }
        return found
    }

    /// Each line stands for nine of the line before.
    static func laughs(_ levels: Int, isFlow: Bool) -> String {
        var text = "a0: &a0 lol\n"
        for level in 1...levels {
            let items = Array(repeating: "*a\(level - 1)", count: 9)
            text += "a\(level): &a\(level)"
            text += isFlow ? " [\(items.joined(separator: ","))]\n" : "\n" + items.map { "  - \($0)\n" }.joined()
        }
        return text
    }

    @Test(
        "names and references are refused before anything is composed",
        arguments: [
            laughs(10, isFlow: true), laughs(10, isFlow: false), laughs(1, isFlow: true),
            // As a key, whose hash visits everything below it.
            laughs(10, isFlow: true) + "? *a10\n: x\n", "batch_size: &a 5\nbuffer_capacity: *a\n",
            "x: [&a 1,*a]\n", "- &a\n- *a\n", "a: &a [*a]\n", "\"a\":&b c\n\"d\":*b\n", "a: !!str &b c\nd: *b\n", "&a a: *a\n",
            "? &a a\n: *a\n", "{a: &b [], c: *b}", "a:\u{85}&b c\nd:\u{85}*b", "a: |\n &b\n *b\n",
        ])
    func references(text: String) {
        let errors = Self.errors(text)
        #expect(errors.count == 2)
        for error in errors { #expect(error.contains("names and references (&name, *name)") && error.utf8.count < 300, "\(error)") }
    }

    @Test("a star or an ampersand in a word, or one of them alone, is text", arguments: [
        "priorities:\n  critical: [checkout.*, \"*.failed\"]\n", "# a & b\npriorities:\n  low: ['a&b*c.*']\n",
    ])
    func words(text: String) throws {
        _ = try YAMLText.compose(text)
    }

    @Test(
        "nesting is bounded, however it is written",
        arguments: [
            String(repeating: "[", count: 500_000), String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
            String(repeating: "{a: ", count: 200_000), String(repeating: "- ", count: 400_000), String(repeating: "? ", count: 400_000),
            (0..<600).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
        ])
    func depth(text: String) {
        let errors = Self.errors(text)
        #expect(errors.count == 2)
        for error in errors { #expect(error.utf8.count < 300, "\(error)") }
    }

    @Test("a document has a largest size, and that much of anything is read or refused", arguments: [
        "a", "a: b\n", "- a\n", "\"", "#", " ", "\n", "'", "!", "%", "|", "a: 'b'\n", "? a\n", "--- a\n", "@", "\t", "{", "a,",
    ])
    func size(unit: String) {
        let text = String(repeating: unit, count: YAMLText.byteLimit / unit.utf8.count)
        for error in Self.errors(text) { #expect(error.utf8.count < 500, "\(error.prefix(600))") }
        let longer = Self.errors(text + "#" + String(repeating: "x", count: unit.utf8.count))
        for error in longer { #expect(error.contains("allowed are 1048576"), "\(error)") }
        #expect(longer.count == 2)
    }

    @Test(
        "errors steer no terminal, and are cut",
        arguments: [
            "\"\\e]0;title\\a\\e[2J\": 1\n", "preset: \"\\e[31m\\u202E\"\n", "\"\\r\\n\\u2028\": {a: b}\n",
            "format: \"\\e[2J\"\n", "batch_size: \(String(repeating: "9", count: 100_000))\n",
            "preset: \(String(repeating: "x", count: 900_000))\n", "\(String(repeating: "k", count: 900)): 1\n",
            "x: \u{1B}[2J\n", "x: !<tag:\(String(repeating: "x", count: 5000))> 1\n", "x: !!python/object:os.system 1\n",
            "\"\\e[2J\": 1\n\"\\e[2J\": 2\n", "preset: {a: {b: \"\\e\"}}\n", "priorities: {low: [\"\\e[2J*x\"]}\n",
        ])
    func escapes(text: String) {
        let errors = Self.errors(text)
        #expect(errors.count == 2)
        for error in errors {
            #expect(error.unicodeScalars.allSatisfy(PrintableText.isPrintable), "\(error.debugDescription)")
            #expect(error.count < 3000 && error.hasPrefix("a.yaml"), "\(error.count): \(error.prefix(200))")
        }
    }

    @Test("a key that stands twice is named, without the text around it")
    func duplicates() {
        for error in Self.errors("batch_size: 1\nbatch_size: 2\n") {
            #expect(error.contains("has the key 'batch_size' more than once") && error.count < 120, "\(error)")
        }
    }

    @Test("random changes of a document are read or refused", arguments: 0..<300 as Range<UInt64>)
    func mutations(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var bytes = Array("preset: reliable\nbuffer_capacity: 16384\npriorities:\n  critical: [checkout.*, login.failed]\n  low: [debug.*]\nbreaker:\n  failure_threshold: 3\n".utf8)
        let marks = Array("[]{}&*!|>'\"%@`#:-?, \n\t\u{0}".utf8)
        for index in 0...(seed % 12) {
            let draw = random.draw(rule: 1, flow: 0, sequence: index)
            let mark = marks[Int(draw >> 40) % marks.count]
            bytes[Int(draw % UInt64(bytes.count))] = mark
        }
        for error in Self.errors(String(decoding: bytes, as: UTF8.self)) {
            #expect(error.unicodeScalars.allSatisfy(PrintableText.isPrintable) && error.count < 3000, "seed \(seed): \(error)")
        }
    }
}
