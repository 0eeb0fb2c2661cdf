#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Ends the process with a status.
func exitProcess(_ status: Int32) -> Never { exit(status) }
