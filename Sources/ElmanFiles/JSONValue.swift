/// A value of a JSON document (RFC 8259). Objects keep the order of their members, integers keep all their digits.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction and exponent that fits; `-0` is a `.number`.
    case integer(Int64)
    /// A number written without fraction and exponent, above the largest `Int64`.
    case largeInteger(UInt64)
    /// Any other number. One that is not finite is written as `null`.
    case number(Double)
    /// A text.
    case string(String)
    /// `[…]`.
    case array([JSONValue])
    /// `{…}`.
    case object(JSONObject)

    /// A number from single precision, written with the fewest digits that give the same `Float` again.
    public init(_ value: Float) { self = .number(Double(value.description) ?? Double(value)) }

    /// A number.
    public init(_ value: Double) { self = .number(value) }

    /// A whole number.
    public init(_ value: Int) { self = .integer(Int64(value)) }

    /// A whole number without sign.
    public init(_ value: UInt64) { self = Int64(exactly: value).map { .integer($0) } ?? .largeInteger(value) }

    /// Strings are compared by their bytes.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.largeInteger(let left), .largeInteger(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): sameBytes(left, right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSONValue {
    /// The text, where it is one.
    public var asString: String? { if case .string(let value) = self { value } else { nil } }

    /// The truth value, where it is one.
    public var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The whole number, where it was written as one and fits; `2.0` is none.
    public var asInteger: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }

    /// The whole number without sign, where it was written as one.
    public var asUnsigned: UInt64? {
        switch self {
        case .integer(let value): UInt64(exactly: value)
        case .largeInteger(let value): value
        default: nil
        }
    }

    /// Any number, rounded to double precision.
    public var asDouble: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .largeInteger(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The elements, where it is an array.
    public var asArray: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    /// The object, where it is one.
    public var asObject: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// A member of an object; nil where it is missing or this is no object.
    public subscript(key: String) -> JSONValue? { asObject?[key] }

    /// What sort of value it is, for messages: `a number`, `an object`.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer, .largeInteger: "a whole number"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The members of a JSON object, in their order.
public struct JSONObject: Hashable, Sendable {
    /// A key and its value.
    public struct Member: Hashable, Sendable {
        /// The key.
        public let key: String
        /// The value.
        public var value: JSONValue

        /// A member.
        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }

        /// Keys are compared by their bytes.
        public static func == (left: Member, right: Member) -> Bool {
            sameBytes(left.key, right.key) && left.value == right.value
        }
    }

    /// All members, first to last; no key stands twice.
    public private(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    init(uniqueMembers: [Member]) { members = uniqueMembers }

    /// The keys, first to last.
    public var keys: [String] { members.map(\.key) }

    /// The value of a key, found by its bytes. A new key is put at the end; nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { members.first { sameBytes($0.key, key) }?.value }
        set {
            let index = members.firstIndex { sameBytes($0.key, key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key, value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members in the order written; of equal keys the last value stays.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }

    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }

    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An object with the members in the order written; of equal keys the last value stays.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
