/// How much memory this process may have.
public enum MemoryLimit {
    /// Bytes: those of the machine, or fewer where a control group of Linux (a container, a job of a batch system) sets a limit.
    public static let bytes: Int = ([System.physicalMemory] + controlGroupLimits()).min() ?? .max

    /// Limits of the control groups that this process is in.
    private static func controlGroupLimits() -> [Int] {
        guard let list = text("/proc/self/cgroup") else { return [] }
        return limitFiles(groups: list).compactMap { path in
            text(path).flatMap { Int($0.split(separator: "\n").first ?? "") }.flatMap { $0 > 0 ? $0 : nil }
        }
    }

    /// The files that may hold a limit, given the contents of `/proc/self/cgroup`. In a container the group's own folder may be
    /// shown as the root, hence both.
    static func limitFiles(groups: String) -> [String] {
        var paths: [String] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let (root, name): (String, String)
            if parts[1].isEmpty {
                (root, name) = ("/sys/fs/cgroup", "memory.max")
            } else if parts[1].split(separator: ",").contains("memory") {
                (root, name) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            } else {
                continue
            }
            var group = parts[2]
            while group.last == "/" { group.removeLast() }
            // A limit of a group above holds too.
            while !group.isEmpty {
                paths.append(root + group + "/" + name)
                group = group[..<(group.lastIndex(of: "/") ?? group.startIndex)]
            }
            paths.append(root + "/" + name)
        }
        return paths
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? FileSystem.readFile(path, maximumSize: 1 << 16) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
