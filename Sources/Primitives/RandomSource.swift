// SPDX-License-Identifier: Apache-2.0

/// Where random bytes come from: an argument wherever they are used, so that a simulation can decide.
public protocol RandomSource: Sendable {
  func bytes(_ count: Int) -> [UInt8]
  func secret(_ count: Int) -> SharedSecret
}

extension RandomSource {
  public func secret(_ count: Int) -> SharedSecret {
    var bytes = bytes(count)
    return SharedSecret(wiping: &bytes)
  }

  /// A number below `bound` (which must be positive), each as likely as the other.
  public func uniform(below bound: UInt64) -> UInt64 {
    precondition(bound > 0)
    let limit = UInt64.max - UInt64.max % bound
    while true {
      let value = bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
      if value < limit { return value % bound }
    }
  }
}
