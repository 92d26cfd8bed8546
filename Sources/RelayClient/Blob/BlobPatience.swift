// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// How long a transfer of many parts goes on trying where one call fails.
public struct BlobPatience: Sendable {
  /// Parts that are on their way at once; each takes about 3 MiB of memory.
  public var parallel = 4
  /// Calls for one part before the transfer stops.
  public var attempts = 6
  /// Before the second attempt; twice as long before each further one.
  public var pause: Duration = .milliseconds(250)

  public init() {}

  /// Repeats what is safe to repeat and may come off the next time.
  func call<Answer>(
    _ body: () async throws(RelayError) -> Answer
  ) async throws -> Answer {
    var pause = pause
    for _ in 1..<max(1, attempts) {
      do {
        return try await body()
      } catch {
        switch error {
        case .unreachable, .outcomeUnknown, .malformedAnswer: break
        case .refused(let problem) where !problem.isDefinite: break
        default: throw error
        }
        try await Task.sleep(for: pause)
        pause *= 2
      }
    }
    return try await body()
  }
}
