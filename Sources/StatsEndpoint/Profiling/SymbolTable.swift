import CStackSampler
import Foundation

/// The functions around a set of addresses, by their files' symbol tables, which know internal functions as well; where
/// a file has none, by what it exports, and at last by the file's name alone.
struct SymbolTable {
    private struct Module {
        let path: String
        let slide: UInt
        let range: Range<UInt>
    }

    private var names: [UInt: String] = [:]

    /// O(symbols of the files that hold one of the addresses).
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

    /// Nil where the address lies in no program or library.
    func name(of address: UInt) -> String? { names[address] }

    private static func shortName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "program"
    }

    private static func exported(_ address: UInt) -> String? {
        // The loader's own string; lives as long as its library.
        guard let symbol = unsafe cstacksampler_symbol(address) else { return nil }
        return unsafe readable(String(cString: symbol))
    }

    /// Demangled where it is Swift's, with nothing in it that separates frames.
    static func readable(_ symbol: String) -> String {
        guard symbol.hasPrefix("$s") || symbol.hasPrefix("$S"), let text = unsafe cstacksampler_demangle(symbol) else {
            return clean(symbol)
        }
        // Allocated by the runtime for us.
        defer { unsafe free(text) }
        return unsafe clean(withoutDiscriminators(String(cString: text)))
    }

    /// `(name in _7D9B30F074FAE89C00DAA7285523FE53)` is the private `name` of some file; which one is not worth a line.
    private static func withoutDiscriminators(_ name: String) -> String {
        name.replacing(/\(([^()]*) in _[0-9A-F]{32}\)/) { $0.output.1 }
    }

    static func clean(_ name: String) -> String {
        String(name.map { $0 == ";" ? ":" : $0.isNewline ? " " : $0 })
    }

    private static var modules: [Module] {
        var modules: [Module] = []
        // The context is the array above, for the length of the call; the path is a terminated string.
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
