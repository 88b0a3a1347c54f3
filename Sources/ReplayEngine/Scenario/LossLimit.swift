package import StatsModel
package import StatsPipeline

/// Whose events one limit of acceptable loss counts.
package enum LossSubject: Hashable, Sendable {
    /// Every event of one class.
    case lossClass(LossClass)
    /// Every event of the metrics whose names match, whatever their types. Events and service checks are no metrics.
    case pattern(MetricPattern)

    /// `timing`, `checkout.*`: what stands in front of the `=`, in tables and in golden files.
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

    /// Whether so many lost events of those offered are acceptable. Exact for all numbers. O(1).
    package func allows(lost: UInt64, of offered: UInt64) -> Bool {
        if lost == 0 { return true }
        let left = lost.multipliedFullWidth(by: share.denominator)
        let right = offered.multipliedFullWidth(by: share.numerator)
        return (left.high, left.low) < (right.high, right.low)
    }

    /// `5 %`, `0.5 %`: the share as reports print it.
    package var shareText: String { "\(share.description.dropLast()) %" }
}

extension LossLimit: CustomStringConvertible {
    /// What a command line states, without quotes for the shell.
    package var description: String { "\(subject.name)=\(share)" }

    private static let expected = "a limit of loss such as timing=2% or 'checkout.*=0%'"

    /// Reads what ``description`` writes. The last `=` divides, since a metric's name may hold one. The name of a class is
    /// the class; everything else is a pattern of metric names.
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

    /// Reads what ``name`` gives.
    ///
    /// A pattern is written as reports show names: control characters, backslashes and marks that Unicode joins with the
    /// character before would be shown as something else, and are refused.
    package init(parsing name: String) throws(UnitError) {
        if let lossClass = LossClass.allCases.first(where: { $0.name == name }) {
            self = .lossClass(lossClass)
            return
        }
        let subject = LossSubject.pattern(MetricPattern(name))
        guard subject.isUsable else { throw UnitError(text: PrintableText.cut(name, 80), expected: Self.expected) }
        self = subject
    }

    /// Whether the words of this subject read back as the same subject.
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
