/// A value of a type that users of this product do not see, behind one pointer.
///
/// The compiler does not always recompile a user's module when such a type changes its layout. With the value behind a pointer,
/// the layout of this product's types stays the same.
final class Reference<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
