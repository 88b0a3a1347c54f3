import ReplayEngine
import StatsModel

extension ValueFault {
    /// Example: `counter a: values of 3.0 offered, 2.0 accounted for`.
    var sentence: String { "\(type.name) \(label): values of \(offered) offered, \(accounted) accounted for" }
}

extension RecoveryFault {
    /// Example: `counter a: 3 recovered, 2 lost`.
    var sentence: String {
        switch kind {
        case .events(let recovered, let lost): "\(type.name) \(label): \(recovered) recovered, \(lost) lost"
        case .values(let recovered, let lost): "\(type.name) \(label): values of \(recovered) recovered, \(lost) lost"
        }
    }
}
