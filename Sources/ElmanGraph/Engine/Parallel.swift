import CElmanKernels

/// Calls `body` once for every number in 0..<count on the pool's threads, and returns when all are done.
package func inParallel(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
        var context = body
        withUnsafeMutablePointer(to: &context) { pointer in
            ek_parallel_for(
                count, { context, chunk in context!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(chunk) }, pointer)
        }
    }
}
