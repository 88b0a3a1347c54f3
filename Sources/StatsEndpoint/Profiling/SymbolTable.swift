import CStackSampler
import Foundation

/// The functions that contain a set of addresses. Names come from the files' symbol tables, which include internal functions. A
/// file without one gives its exported functions, or else only its own name.
struct SymbolTable {
    private struct Module {
        let path: String
        let slide: UInt
        let range: Range<UInt>
    }

    private var names: [UInt: String] = [:]

    /// O(symbols of the files that contain one of the addresses).
    init(addresses: [UInt]) {
        let wanted = Set(addresses).sorted()
        for module in Self.modules {
            let inside = wanted.filter(module.range.contains)
            if inside.isEmpty { continue }
            let file = module.path.isEmpty ? "/proc/self/exe" : module.path
            let found = ELFSymbols.names(in: file, of: inside.map { $0 &- module.slide })
            for address in inside {
                names[address] =
                    found[address &- module.slide].map(Self.readable) ?? Self.exported(address)
                    ?? "[\(Self.clean(Self.shortName(module.path)))]"
            }
        }
        #if !os(Linux)
            for address in wanted { names[address] = Self.exported(address) }
        #endif
    }

    /// nil for an address outside of all programs and libraries.
    func name(of address: UInt) -> String? { names[address] }

    private static func shortName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "program"
    }

    private static func exported(_ address: UInt) -> String? {
        // The string belongs to the loader and lives as long as its library.
        guard let symbol = unsafe cstacksampler_symbol(address) else { return nil }
        return unsafe readable(String(cString: symbol))
    }

    /// Demangles Swift names, and removes characters that separate frames.
    static func readable(_ symbol: String) -> String {
        guard symbol.hasPrefix("$s") || symbol.hasPrefix("$S"), let text = unsafe cstacksampler_demangle(symbol) else {
            return clean(symbol)
        }
        // The runtime allocated the text for this caller.
        defer { unsafe free(text) }
        return unsafe clean(withoutDiscriminators(String(cString: text)))
    }

    /// `(name in _7D9B30F074FAE89C00DAA7285523FE53)` is a private `name` of some file. The file is not worth showing.
    private static func withoutDiscriminators(_ name: String) -> String {
        name.replacing(/\(([^()]*) in _[0-9A-F]{32}\)/) { $0.output.1 }
    }

    static func clean(_ name: String) -> String {
        String(name.map { $0 == ";" ? ":" : $0.isNewline ? " " : $0 })
    }

    private static var modules: [Module] {
        var modules: [Module] = []
        // The context is the array above and outlives the call. The path is a terminated string.
        unsafe withUnsafeMutablePointer(to: &modules) { context in
            unsafe cstacksampler_modules(
                { context, path, slide, start, end in
                    guard let context = unsafe context, start < end else { return }
                    let path = unsafe path.map { unsafe String(cString: $0) } ?? ""
                    unsafe context.assumingMemoryBound(to: [Module].self).pointee.append(
                        Module(path: path, slide: slide, range: start..<end))
                }, context)
        }
        return modules
    }
}
