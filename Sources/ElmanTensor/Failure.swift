/// Ends the program with a message, for mistakes of the programmer. A `precondition` would lose the message in release builds.
public func fail(_ message: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line) -> Never {
    fatalError(message(), file: file, line: line)
}
