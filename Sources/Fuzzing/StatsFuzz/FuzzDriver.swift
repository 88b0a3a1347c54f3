import CFuzzDriver
import Foundation

/// Passes control of the process to libFuzzer.
enum FuzzDriver {
    /// Runs libFuzzer's loop over one target. Returns its exit code.
    ///
    /// libFuzzer calls a plain C function without a context, so each target has a function of its own.
    static func run(_ target: FuzzTarget, arguments: [String]) -> Int32 {
        // libFuzzer keeps the arguments until the process ends, so they are never freed.
        var strings: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var count = Int32(arguments.count)
        return unsafe strings.withUnsafeMutableBufferPointer { buffer in
            var base = buffer.baseAddress
            switch target {
            case .capture: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.capture, $0, $1) }
            case .frame: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.frame, $0, $1) }
            case .text: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.text, $0, $1) }
            case .packet: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.packet, $0, $1) }
            case .parity: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.parity, $0, $1) }
            }
        }
    }

    /// - Parameter size: the number of bytes that libFuzzer guarantees at `data`
    private static func check(_ target: FuzzTarget, _ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
        // In bounds: libFuzzer's buffer holds exactly `size` bytes. The copy has the same length, so that the address sanitizer
        // detects a read beyond the input.
        target.check(unsafe [UInt8](UnsafeBufferPointer(start: data, count: size)))
        return 0
    }
}
