#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// When to write in colour: the values of `--color`.
enum ColorChoice: String, Sendable, CaseIterable {
    /// On a terminal that can, unless the environment says otherwise.
    case auto
    case always
    case never
}

/// What the reader of one of our outputs can show.
struct Terminal: Sendable, Equatable {
    /// Whether it is a terminal on which a line can be drawn again; one with `TERM=dumb` is not.
    var isInteractive: Bool
    /// Whether text may carry colours.
    var hasColor: Bool
    /// Whether it shows more than ASCII.
    var hasUnicode: Bool

    /// A file or pipe of plain ASCII.
    static let plain = Terminal(isInteractive: false, hasColor: false, hasUnicode: false)

    /// A way to stand out.
    enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
    }

    /// The text in these styles, or as it is where there is no colour.
    func styled(_ text: String, _ styles: Style...) -> String {
        guard hasColor, !styles.isEmpty, !text.isEmpty else { return text }
        return "\u{1B}[" + styles.map(\.rawValue).joined(separator: ";") + "m" + text + "\u{1B}[0m"
    }
}

extension Terminal {
    /// What stands behind a file descriptor, by the environment's conventions: `NO_COLOR`, then `CLICOLOR_FORCE`, then `TERM`; and
    /// UTF-8 by the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set.
    init(isTerminal: Bool, color: ColorChoice = .auto, environment: (String) -> String? = environmentVariable) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let isDumb = value("TERM") == "dumb"
        isInteractive = isTerminal && !isDumb
        switch color {
        case .always: hasColor = true
        case .never: hasColor = false
        case .auto:
            if value("NO_COLOR") != nil {
                hasColor = false
            } else if let force = value("CLICOLOR_FORCE"), force != "0" {
                hasColor = true
            } else {
                hasColor = isTerminal && !isDumb && value("TERM") != nil && value("CLICOLOR") != "0"
            }
        }
        let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "").lowercased()
        hasUnicode =
            locale.hasSuffix("utf-8") || locale.hasSuffix("utf8") || locale.contains("utf-8@") || locale.contains("utf8@")
    }

    /// What stands behind a file descriptor of this process.
    init(descriptor: Int32, color: ColorChoice = .auto) {
        self.init(isTerminal: isatty(descriptor) == 1, color: color)
    }

    /// The columns of the window behind a descriptor: `COLUMNS`, what the terminal says, or 80. Asked anew on every call, because
    /// windows change.
    static func width(of descriptor: Int32, environment: (String) -> String? = environmentVariable) -> Int {
        if let columns = environment("COLUMNS").flatMap({ Int($0) }), columns > 0 { return min(columns, 10_000) }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

/// The value of an environment variable, if it is set.
func environmentVariable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    return String(cString: value)
}

/// Seconds on a clock that never jumps; only differences mean anything.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The time of day, `16:45`, so many seconds from now.
func timeOfDay(after seconds: Double) -> String {
    var moment = time(nil) + time_t(seconds)
    var fields = tm()
    guard localtime_r(&moment, &fields) != nil else { return "?" }
    return "\(twoDigits(Int(fields.tm_hour))):\(twoDigits(Int(fields.tm_min)))"
}
