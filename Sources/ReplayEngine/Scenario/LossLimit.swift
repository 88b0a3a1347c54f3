package import StatsModel
package import StatsPipeline

/// The events that one limit of acceptable loss applies to.
package enum LossSubject: Hashable, Sendable {
    /// Every event of one class.
    case lossClass(LossClass)
    /// Every event of the metrics whose names match, whatever their types. Events and service checks are no metrics.
    case pattern(MetricPattern)

    /// The part before the `=`, as in tables and golden files: `timing`, `checkout.*`.
    package var name: String {
        switch self {
        case .lossClass(let lossClass): lossClass.name
        case .pattern(let pattern): pattern.text
        }
    }
}

/// One limit of acceptable loss: `timing=2%`, `checkout.*=0%`.
///
/// Loss must be below the limit. A limit of 0 % allows no loss at all.
package struct LossLimit: Sendable, Equatable {
    package let subject: LossSubject
    package let share: Ratio

    package init(_ subject: LossSubject, _ share: Ratio) {
        self.subject = subject
        self.share = share
    }

    /// Whether this number of lost events is acceptable, given the offered events. Exact for all numbers. O(1).
    package func allows(lost: UInt64, of offered: UInt64) -> Bool {
        if lost == 0 { return true }
        let left = lost.multipliedFullWidth(by: share.denominator)
        let right = offered.multipliedFullWidth(by: share.numerator)
        return (left.high, left.low) < (right.high, right.low)
    }

    /// The share as reports print it: `5 %`, `0.5 %`.
    package var shareText: String { "\(share.description.dropLast()) %" }
}

extension LossLimit: CustomStringConvertible {
    /// The limit as written on a command line, without quotes for the shell.
    package var description: String { "\(subject.name)=\(share)" }

    private static let expected = "a limit of loss such as timing=2% or 'checkout.*=0%'"

    /// Reads the text that ``description`` writes. The last `=` separates name and share, since a metric's name may contain one.
    /// The name of a class stands for the class, and every other name is a pattern of metric names.
    ///
    /// Errors: ``StatsModel/UnitError`` for a missing part, a pattern that no name can match, and a share that cannot be read.
    package init(parsing text: String) throws(UnitError) {
        guard let place = text.lastIndex(of: "=") else { throw UnitError(text: text, expected: Self.expected) }
        let name = String(text[..<place])
        let share = String(text[text.index(after: place)...])
        guard !name.isEmpty, !share.isEmpty else { throw UnitError(text: text, expected: Self.expected) }
        self.init(try LossSubject(parsing: name), try Ratio(parsing: share))
    }
}

extension LossSubject {
    private static let expected =
        "a class (counter, gauge, timing, critical), a metric's name of up to 255 bytes, or the beginning of names and a * at its"
        + " end; characters that reports escape cannot stand in it"

    /// Reads the text that ``name`` gives.
    ///
    /// A pattern is written as reports show names. Characters that reports would show differently are refused: control
    /// characters, backslashes, and marks that Unicode joins with the character before.
    package init(parsing name: String) throws(UnitError) {
        if let lossClass = LossClass.allCases.first(where: { $0.name == name }) {
            self = .lossClass(lossClass)
            return
        }
        let subject = LossSubject.pattern(MetricPattern(name))
        guard subject.isUsable else { throw UnitError(text: PrintableText.cut(name, 80), expected: Self.expected) }
        self = subject
    }

    /// Whether the name of this subject reads back as the same subject.
    var isUsable: Bool {
        switch self {
        case .lossClass: return true
        case .pattern(let pattern):
            let shown = VisibleText.text(Array(pattern.text.utf8))
            let isClass = LossClass.allCases.contains { $0.name == pattern.text }
            return pattern.isValid && !isClass && shown.utf8.elementsEqual(pattern.text.utf8)
        }
    }
}
